use crate::reading::read;
use scrim_ingest::Track;
#[test]
fn dump() {
    let Ok(list) = std::env::var("EXPLORE") else { return };
    for path in list.split(' ') {
        let t = std::time::Instant::now();
        match read(path.as_ref()) {
            Err(e) => println!("{path}: {:?} {e} {:?}", e.kind(), t.elapsed()),
            Ok(r) => {
                println!("{path}: {:?} {:?}", r.probe, t.elapsed());
                for track in [Track::Video, Track::Audio] {
                    if r.of(track).count() > 0 {
                    println!("   {track:?} n={} {}..{} ms entries {:?} nodur {}", r.of(track).count(), r.begin_ms(track), r.end_ms(track),
                      if track == Track::Video { r.of(track).enumerate().filter(|p| p.1.is_entry).map(|p| p.0).collect::<Vec<_>>() } else { vec![] },
                      r.of(track).filter(|p| p.duration == 0).count());
                    }
                }
            }
        }
    }
}
