//! Small disks in memory, to be full or read-only.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

/// What fills a disk.
const BALLAST: &str = "ballast";

/// A mounted disk. Unmounted when dropped.
pub(crate) struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Mounts an empty disk on a folder, which is made. Needs the right to mount.
    pub(crate) fn on(folder: &Path, size: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let options = format!("size={size},mode=0700");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], folder);
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Root ignores permission bits, but not this.
    pub(crate) fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], &self.folder);
    }

    pub(crate) fn make_writable(&self) {
        mount(&["-o", "remount,rw"], &self.folder);
    }

    /// Fills the disk until only so much is free, about to a page.
    pub(crate) fn fill_but(&self, free: u64) {
        let mut ballast = File::create(self.folder.join(BALLAST)).unwrap();
        let page = [0; 4096];
        loop {
            match ballast.write(&page) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("filling a disk: {error}"),
            }
        }
        let written = ballast.metadata().unwrap().len();
        ballast.set_len(written - free).unwrap();
    }

    /// Takes away what [`Disk::fill_but`] has put there.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.folder.join(BALLAST)).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.folder).status();
        if !std::thread::panicking() {
            assert!(
                unmounted.unwrap().success(),
                "could not unmount a disk in memory"
            );
        }
    }
}

fn mount(arguments: &[&str], target: &Path) {
    let mounted = Command::new("mount")
        .args(arguments)
        .arg(target)
        .output()
        .unwrap();
    assert!(
        mounted.status.success(),
        "this test needs the right to mount a disk in memory (root): {}",
        String::from_utf8_lossy(&mounted.stderr)
    );
}
