use crate::support::{STAGE_ONLY, policy, render_file, short_sample};

#[test]
fn a_webinar_becomes_a_progressive_mp4_of_the_same_length() {
    let rendered = render_file(&short_sample(), &policy(STAGE_ONLY));
    let (assembled, bytes) = rendered.assemble();
    std::fs::write("/tmp/w/out.mp4", &bytes).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    assert_eq!(mp4.tracks().len(), 2);
    for facts in rendered.parts.values() {
        println!("{:?}", facts.0);
    }
    println!("{assembled:?}");
}
