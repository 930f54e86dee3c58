//! A source element that hands out [`SourceBytes`], from any place and in any order.
//!
//! Demuxers read a file as they like: the index first, then picture and sound in turn, which may lie
//! far apart. What has to be decrypted is opened in pieces, so two readers take turns and each goes
//! along one of the two.

mod imp;
mod readers;

use std::io;

use gstreamer as gst;
use gstreamer::{glib, subclass::prelude::ObjectSubclassIsExt};
use gstreamer_base as gst_base;

use crate::bytes::SourceBytes;

glib::wrapper! {
    /// The element; see the [module](self).
    pub(crate) struct BytesSource(ObjectSubclass<imp::BytesSource>)
        @extends gst_base::BaseSrc, gst::Element, gst::Object;
}

impl BytesSource {
    /// Makes an element for these bytes.
    ///
    /// # Errors
    /// Their length cannot be found out.
    pub(crate) fn new(bytes: Box<dyn SourceBytes>) -> io::Result<Self> {
        let element: Self = glib::Object::new();
        element.imp().give(bytes)?;
        Ok(element)
    }

    /// Returns why reading failed, once, if it did. The message on the bus cannot carry it.
    pub(crate) fn take_failure(&self) -> Option<io::Error> {
        self.imp().take_failure()
    }
}
