//! What the operating system is told about the memory of this process.
//!
//! Core dumps are off twice over: the limit on their size stops files, and a process that is not
//! dumpable is given to no program that collects them either, nor to a debugger of the same user.
//! Keys themselves are kept out of swap one by one, see `Secret` in `scrim-storage`. Locking the
//! whole process (`mlockall`) was weighed and left out: under the usual limit of 8 MiB it makes
//! every larger allocation fail, and without a limit it pins all pictures of a rendering in memory.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Sees to it that a crash leaves no copy of the memory. To be called before anything secret is read.
pub(crate) fn keep_memory_private() {
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Where one of them is refused, the other still holds; both are allowed to everybody.
    let _ = setrlimit(Resource::Core, nothing);
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
