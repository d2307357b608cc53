//! Misdeeds a test asks of the child, to show that the daemon survives them. Not in a release build.

use std::hint::black_box;
use std::io::Write;

use crate::worker::protocol::Answer;
use crate::worker::protocol::Report;
use crate::worker::protocol::Trial;

/// What participants write, and what no log may hold.
const NAMED: &str = "Họ và tên: Nguyễn Thị Ánh";

/// Does the misdeed; returns only from the harmless ones.
pub fn run(trial: Trial, output: &mut impl Write) -> Answer {
    match trial {
        Trial::LoopForever => spin(),
        Trial::AllocateWithoutEnd => {
            let mut hoard: Vec<Vec<u8>> = Vec::new();
            loop {
                hoard.push(black_box(vec![1; 1 << 20]));
            }
        }
        Trial::Abort => std::process::abort(),
        Trial::OverflowTheStack => {
            black_box(deeper(1));
            Answer::Pong
        }
        Trial::Panic => {
            // Cut in the middle of a letter: the message of this panic quotes the whole text.
            black_box(&NAMED[..2]);
            Answer::Pong
        }
        Trial::WriteGarbage => {
            let _ = output.write_all(b"%PDF-1.4 and other things that are no frame");
            let _ = output.flush();
            spin()
        }
        Trial::AnnounceTooMuch => {
            let _ = output.write_all(b"\xff\xff\xff\xffH");
            let _ = output.flush();
            spin()
        }
        Trial::FloodTheErrors => loop {
            eprintln!("{NAMED}");
        },
        Trial::StopInMidAnswer => {
            let _ = output.write_all(b"\x00\x01\x00\x00H{\"pong");
            let _ = output.flush();
            spin()
        }
        Trial::Print => {
            println!("a library that prints");
            Answer::Pong
        }
        Trial::DieAfterAnswer => {
            let _ = output.write_all(b"\x06\x00\x00\x00H\"pong\"");
            let _ = output.flush();
            std::process::exit(3)
        }
        Trial::WriteAFile => {
            let path = format!("/tmp/phach-trial-{}", std::process::id());
            let written = std::fs::write(&path, "x");
            let _ = std::fs::remove_file(&path);
            black_box(written).map_or(Answer::TooComplex, |()| Answer::Pong)
        }
        Trial::ReportWalls => Answer::Report(Report {
            status: std::fs::read_to_string("/proc/self/status").unwrap_or_default(),
            limits: std::fs::read_to_string("/proc/self/limits").unwrap_or_default(),
            environment: std::env::vars_os().count(),
            started_a_thread: std::thread::Builder::new().spawn(|| ()).is_ok(),
            started_a_process: std::process::Command::new("/bin/true").status().is_ok(),
            read_root_file: std::fs::read("/etc/shadow").is_ok(),
        }),
    }
}

fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

#[allow(unconditional_recursion, reason = "that is the misdeed")]
fn deeper(depth: u64) -> u64 {
    let page = black_box([depth; 512]);
    deeper(depth + 1) + page.iter().sum::<u64>()
}
