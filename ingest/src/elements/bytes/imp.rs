//! The element itself.

use std::{
    io,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use gst::{glib, subclass::prelude::*};
use gst_base::{prelude::*, subclass::prelude::*};
use gstreamer as gst;
use gstreamer_base as gst_base;

use super::readers::Readers;
use crate::bytes::SourceBytes;

/// Bytes that are read at once where nobody asks for a certain number.
const BLOCK: u32 = 256 << 10;

#[derive(Default)]
struct State {
    readers: Option<Readers>,
    length: u64,
    failure: Option<io::Error>,
}

/// The element.
#[derive(Default)]
pub(crate) struct BytesSource {
    state: Mutex<State>,
}

impl BytesSource {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn give(&self, bytes: Box<dyn SourceBytes>) -> io::Result<()> {
        let mut state = self.state();
        state.length = bytes.length()?;
        state.readers = Some(Readers::new(bytes));
        Ok(())
    }

    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.state().failure.take()
    }
}

#[glib::object_subclass]
impl ObjectSubclass for BytesSource {
    const NAME: &'static str = "ScrimBytesSource";
    type Type = super::BytesSource;
    type ParentType = gst_base::BaseSrc;
}

impl ObjectImpl for BytesSource {
    fn constructed(&self) {
        self.parent_constructed();
        self.obj().set_format(gst::Format::Bytes);
        self.obj().set_blocksize(BLOCK);
    }
}

impl GstObjectImpl for BytesSource {}

impl ElementImpl for BytesSource {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
            gst::subclass::ElementMetadata::new(
                "Source of bytes",
                "Source",
                "Hands out the bytes of a source of Scrim",
                "Scrim",
            )
        });
        Some(&*METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
            let template = gst::PadTemplate::new(
                "src",
                gst::PadDirection::Src,
                gst::PadPresence::Always,
                &gst::Caps::new_any(),
            );
            vec![template.expect("the template is one that any caps fit")]
        });
        &TEMPLATES
    }
}

impl BaseSrcImpl for BytesSource {
    fn start(&self) -> Result<(), gst::ErrorMessage> {
        Ok(())
    }

    fn stop(&self) -> Result<(), gst::ErrorMessage> {
        Ok(())
    }

    fn is_seekable(&self) -> bool {
        true
    }

    fn size(&self) -> Option<u64> {
        Some(self.state().length)
    }

    fn fill(
        &self,
        offset: u64,
        length: u32,
        buffer: &mut gst::BufferRef,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        let read = {
            let mut map = buffer.map_writable().map_err(|_| gst::FlowError::Error)?;
            let room = map.len().min(length as usize);
            let mut state = self.state();
            match &mut state.readers {
                Some(readers) => readers.read(offset, &mut map[..room]),
                None => Ok(0),
            }
        };
        match read {
            Ok(0) if length > 0 => Err(gst::FlowError::Eos),
            Ok(count) => {
                buffer.set_size(count);
                buffer.set_offset(offset);
                buffer.set_offset_end(offset + count as u64);
                Ok(gst::FlowSuccess::Ok)
            }
            Err(error) => {
                // Before the message, so that whoever gets the message finds it.
                self.state().failure.get_or_insert(error);
                gst::element_imp_error!(self, gst::ResourceError::Read, ["reading failed"]);
                Err(gst::FlowError::Error)
            }
        }
    }
}
