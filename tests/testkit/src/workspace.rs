//! Where the sources and the build folder are.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
};

/// Returns the root of the repository.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Returns the folder that the running test was built into, such as `target/debug`.
///
/// It is found from the running program, so that a build folder outside the repository is found as
/// well.
pub fn build_folder() -> PathBuf {
    let program = env::current_exe().expect("a running test knows its own file");
    let folder = program.parent().expect("a file lies in a folder");
    // Tests lie in `deps`, examples in `examples`; other programs lie in the folder itself.
    if folder.ends_with("deps") || folder.ends_with("examples") {
        folder.parent().unwrap_or(folder).to_owned()
    } else {
        folder.to_owned()
    }
}

/// Returns a folder of this name beside the build folder, such as `target/samples`, and makes it
/// where it is missing.
pub fn target(name: &str) -> PathBuf {
    let build_folder = build_folder();
    let folder = build_folder.parent().unwrap_or(&build_folder).join(name);
    fs::create_dir_all(&folder)
        .unwrap_or_else(|error| panic!("making {}: {error}", folder.display()));
    folder
}

/// Waits until no other test process holds the lock of this name, and takes it. It is given back
/// when the returned file is dropped or the process ends, however it ends.
pub fn lock(name: &str) -> File {
    let path = target("testkit").join(format!("{name}.lock"));
    let file =
        File::create(&path).unwrap_or_else(|error| panic!("making {}: {error}", path.display()));
    file.lock()
        .unwrap_or_else(|error| panic!("locking {}: {error}", path.display()));
    file
}
