//! Threads for asynchronous work behind functions that block.

use std::{future::Future, io};

use tokio::runtime::{Builder, Handle, Runtime};

/// A few threads and what they run. Ending them must not block, because their owner may be dropped
/// anywhere.
#[derive(Debug)]
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    /// Starts so many threads.
    pub(crate) fn start(name: &str, count: usize) -> io::Result<Self> {
        Builder::new_multi_thread()
            .worker_threads(count)
            .thread_name(name)
            .enable_all()
            .build()
            .map(|runtime| Self(Some(runtime)))
    }

    /// Blocks until it is done. Panics inside an asynchronous task, as blocking there would stop
    /// other tasks.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime().block_on(future)
    }

    /// Returns what tasks are started on.
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime().handle()
    }

    fn runtime(&self) -> &Runtime {
        self.0
            .as_ref()
            .expect("the threads only end with their owner")
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
