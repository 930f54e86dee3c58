#![allow(missing_docs, clippy::all, clippy::print_stdout, clippy::unwrap_used)]
use super::{engine::Engine, speech::*, window::*, CancelFlag};
use crate::models::VerifiedModel;
use std::time::Instant;
pub fn run(model: &VerifiedModel, vad: &VerifiedModel, audio: &[f32], lang: &'static str, threads: usize) {
    let t = Instant::now();
    let mut e = Engine::load(model, threads, CancelFlag::default()).unwrap();
    println!("load {:?} multi {}", t.elapsed(), e.is_multilingual());
    let mut d = SpeechDetector::load(vad).unwrap();
    let t = Instant::now();
    let spans = d.spans(audio).unwrap();
    println!("vad {:?} for {:.1} s", t.elapsed(), audio.len() as f32 / 16000.0);
    println!("{:?}", spans.iter().map(|s| (s.start as f32 / 16000.0, s.end as f32 / 16000.0)).collect::<Vec<_>>());
    let w = Window::choose(audio, &spans, true);
    println!("{w:?}");
    let a = w.audio(audio);
    if e.is_multilingual() {
        let t = Instant::now();
        println!("lang {:?} {:?}", e.detect_language(&a).unwrap(), t.elapsed());
        for secs in [2, 4, 8] {
            let t = Instant::now();
            println!("lang {secs}s {:?} {:?}", e.detect_language(&a[..a.len().min(secs * 16000)]).unwrap(), t.elapsed());
        }
    }
    for _ in 0..2 {
    let t = Instant::now();
    let h = e.transcribe(&a, lang).unwrap();
    let el = t.elapsed();
    println!("transcribed {:.1}s in {:?} rtf {:.3} logp {:.2} plausible {}", a.len() as f32 / 16000.0, el, el.as_secs_f32() * 16000.0 / a.len() as f32, h.mean_log_probability(), h.is_plausible());
    for word in h.words() { print!("{}[{:.2}-{:.2}] ", word.text, w.place(word.start_ms as usize * 16, false) as f32 / 16000.0, w.place(word.end_ms as usize * 16, true) as f32 / 16000.0); }
    println!();
    }
}
