use scrim_testkit::{committed_sample, workspace};

#[test]
fn the_committed_sample_is_complete() {
    let sample = committed_sample();
    for file in [&sample.media, &sample.truth, &sample.roster] {
        assert!(file.is_file(), "{} is missing", file.display());
    }
}

#[test]
fn the_build_folder_holds_the_running_test() {
    let program = std::env::current_exe().unwrap();
    assert!(program.starts_with(workspace::build_folder()));
}
