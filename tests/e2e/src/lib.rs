//! The whole way, from a recording to sealed artefacts, and the rules of the house.
//!
//! The crate has no code of its own: its tests run the program as users do, and read the
//! repository as reviewers do. It deliberately reaches into no crate to make a test easier; what
//! cannot be seen from outside is tested where it is.
#![forbid(unsafe_code)]
