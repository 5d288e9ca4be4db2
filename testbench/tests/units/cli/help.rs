use synfire::cli::help::*;

#[test]
fn every_command_is_in_one_group_once() {
    let command = command();
    let mut known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    known.sort_unstable();
    grouped.sort_unstable();
    assert_eq!(known, grouped);
}
