pub mod probe;
mod cancel;
mod engine;
mod error;
mod heard;
mod speech;
mod window;
pub use cancel::CancelFlag;
pub use error::TranscribeError;
