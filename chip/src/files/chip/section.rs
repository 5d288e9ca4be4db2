//! What every section of a chip file is: fields that may be left out, each inherited for itself.
//!
//! Promises: a section that states nothing is written as nothing. Absent on purpose: the sections (`file`, `noc`).

/// Whether a section states nothing.
pub(super) fn is_unstated<T: Default + PartialEq>(section: &T) -> bool {
    *section == T::default()
}

/// A section: all fields optional, and field by field inheritance.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident, $label:literal { $($(#[$doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, default, rename = $label)]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
                pub $field: Option<$type>,
            )*
        }

        impl $name {
            /// Takes from `base` what this section does not state.
            pub(super) fn fill_from(&mut self, base: Self) {
                $(if self.$field.is_none() {
                    self.$field = base.$field;
                })*
            }
        }
    };
}

pub(super) use section;
