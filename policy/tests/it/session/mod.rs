//! What a recording of a session shows and lets be heard.

mod consents;
mod layouts;
mod people;
mod properties;
mod speakers;
mod takes;
mod tale;
