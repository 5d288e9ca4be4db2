//! Retire traces: the worked example of `docs/hardware.md`, and two traces compared.

mod traces {
    mod compared;
    mod example;
    mod made;
    mod waves;
}
