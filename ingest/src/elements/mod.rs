//! GStreamer elements of this crate. They are made directly and never registered, so no pipeline
//! that is described in words can reach them.

pub(crate) mod bytes;
