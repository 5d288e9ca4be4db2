//! What single modules promise, by their public names: a file here stands for the file of that name in `src`.

mod units {
    pub mod architect {
        pub mod inference;
    }
    pub mod bench;
    pub mod cli {
        pub mod error;
        pub mod help;
    }
    pub mod data {
        pub mod digits;
        pub mod encode;
        pub mod events;
        pub mod evidence;
        pub mod nmnist;
        pub mod randman;
        pub mod set;
        pub mod split;
        pub mod sums;
        pub mod temporal_xor;
        pub mod yin_yang;
    }
    pub mod experiment {
        pub mod decides;
        pub mod deploy;
        pub mod hashed;
        pub mod shared;
    }
    pub mod formats {
        pub mod arrays;
        pub mod control_list;
        pub mod trace;
    }
    pub mod reference {
        pub mod float {
            pub mod optimiser;
        }
        pub mod linear;
    }
    pub mod report {
        pub mod explorer;
        pub mod html;
        pub mod json;
        pub mod paired;
        pub mod quantity;
        pub mod svg;
        pub mod terminal;
    }
    pub mod study {
        pub mod audit {
            pub mod memory;
        }
    }
    pub mod tasks {
        pub mod classify {
            pub mod answers;
            pub mod schedule;
        }
        pub mod patterns {
            pub mod distance;
        }
        pub mod rate_network {
            pub mod normalise;
        }
        pub mod registry;
        pub mod spike_time {
            pub mod neuron;
        }
        pub mod traffic {
            pub mod search;
        }
    }
}
