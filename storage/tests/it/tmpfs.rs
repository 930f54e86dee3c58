//! Small disks in memory, to be full or read-only.

use std::{path::Path, process::Command};

use tempfile::TempDir;

/// A mounted disk. Unmounted when dropped.
pub(crate) struct Tmpfs {
    folder: TempDir,
}

impl Tmpfs {
    /// Mounts a disk. Needs the right to mount.
    pub(crate) fn new(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size},mode=0700");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], folder.path());
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Root ignores permission bits, but not this.
    pub(crate) fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], self.path());
    }

    pub(crate) fn make_writable(&self) {
        mount(&["-o", "remount,rw"], self.path());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.folder.path()).status();
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
