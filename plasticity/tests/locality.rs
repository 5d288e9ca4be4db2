//! Locality by construction: a rule that reaches for what is not local, or reads what it does not declare, does not
//! compile. Each failing program stands beside a twin that differs in the one forbidden access and compiles, so that no
//! program fails for another reason.

#[test]
fn a_rule_sees_its_views_and_nothing_else() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/locality/*_allowed.rs");
    cases.compile_fail("tests/locality/*_forbidden.rs");
}
