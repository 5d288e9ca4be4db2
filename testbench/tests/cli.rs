//! The command as its users meet it: exit status, messages, files. Every message about bad input is under test word for
//! word; nothing that is read makes the program panic.

mod cli {
    pub mod changes;
    pub mod checkpoints;
    pub mod compare_runs;
    pub mod data;
    pub mod experiments;
    pub mod folder;
    pub mod fuzz;
    pub mod gradient;
    #[cfg(unix)]
    pub mod interrupted;
    pub mod map;
    pub mod names;
    pub mod networks;
    pub mod outputs;
    pub mod placement;
    pub mod probes;
    pub mod recorded;
    pub mod runs;
    pub mod same_run;
    pub mod serve;
    pub mod sweep_inputs;
    #[cfg(unix)]
    pub mod sweep_kill;
    pub mod sweep_order;
    pub mod sweep_points;
    pub mod sweeps;
    pub mod time_model;
}
