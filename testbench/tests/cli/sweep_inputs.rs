//! The files of a sweep, edited between two runs.

use super::folder::Folder;
use super::sweeps::{self, SWEEP, told};
use insta::assert_snapshot;

/// Two trials.
fn small() -> Folder {
    let folder = sweeps::folder();
    let sweep = SWEEP.replace("List([13, 14])", "List([13])").replace("seeds: [3, 4]", "seeds: [3]");
    folder.write("s.ron", sweep);
    folder
}

const NETWORK: &str = "two-classes.network.ron";

/// A folder says which file is another than when it was begun, and keeps everything.
#[test]
fn a_file_that_was_edited_since_is_named_and_nothing_is_lost() {
    let folder = small();
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    let (before, network) = (told(&folder, "out"), folder.read(NETWORK));
    folder.edit(NETWORK, "neurons: 16", "neurons: 12");
    assert_snapshot!(folder.refuses(&["sweep", "s.ron", "--out", "out"]), @r#"
    error: `out` holds this sweep as it was before `two-classes.network.ron` was edited
       = allowed: another folder (`--out`), or `--grow`, which keeps the results that both have
       = nothing was run; exit status 2
    "#);
    folder.edit("two-classes.ron", "rate_per_mille: 400", "rate_per_mille: 300");
    folder.edit("s.ron", "List([2, 4])", "List([2, 3])");
    assert_snapshot!(folder.refuses(&["sweep", "plan", "s.ron", "--out", "out"]), @r#"
    error: `out` holds another sweep: `Rates and meshes`, 2 trials of two-classes.ron; since then `two-classes.network.ron`, `two-classes.ron` were edited
       = allowed: another folder (`--out`), or `--grow`, which keeps the results that both have
       = nothing was run; exit status 2
    "#);
    let shard = folder.refuses(&["sweep", "s.ron", "--out", "out", "--shard", "1/2"]);
    assert!(shard.contains("since then `two-classes.network.ron`, `two-classes.ron` were edited"), "{shard}");
    folder.succeeds(&["sweep", "s.ron", "--out", "other"]);
    let merged = folder.refuses(&["sweep", "merge", "out", "other", "--out", "both"]);
    let wanted = "two sweeps: beside that of `out`, `other` holds another sweep: `Rates and meshes`, 2 trials of \
                  two-classes.ron; since then `two-classes.network.ron`, `two-classes.ron` were edited";
    assert!(merged.contains(wanted), "{merged}");
    folder.edit("two-classes.ron", "rate_per_mille: 300", "rate_per_mille: 400");
    folder.edit("s.ron", "List([2, 3])", "List([2, 4])");
    folder.write(NETWORK, &network);
    let ended = folder.run(&["sweep", "s.ron", "--out", "out"]);
    assert!(
        ended.code == Some(0) && ended.err.starts_with("0 trials (2 were finished earlier)"),
        "{}",
        ended.err
    );
    assert_eq!(told(&folder, "out"), before);
}
