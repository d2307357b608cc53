//! Misdeeds a test asks of the child, to show that the daemon survives them. Not in a release build.

use std::hint::black_box;
use std::io::Write;
use std::net::TcpListener;
use std::net::UdpSocket;
use std::os::unix::net::UnixStream;

use rlimit::Resource;

use crate::worker::protocol::Answer;
use crate::worker::protocol::Report;
use crate::worker::protocol::Trial;
use crate::worker::sandbox;

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
        Trial::ReportWalls => Answer::Report(report()),
    }
}

fn report() -> Report {
    let limit = |what: Resource| what.get().map_or(u64::MAX, |(soft, _)| soft);
    let deeds: [(&str, bool); 9] = [
        ("read a file", std::fs::read("/etc/passwd").is_ok()),
        ("read a secret file", std::fs::read("/etc/shadow").is_ok()),
        ("list a folder", std::fs::read_dir("/").is_ok()),
        (
            "write a file",
            std::fs::write("/tmp/phach-trial", "x").is_ok(),
        ),
        (
            "send over the network",
            UdpSocket::bind("127.0.0.1:0").is_ok(),
        ),
        (
            "listen on the network",
            TcpListener::bind("127.0.0.1:0").is_ok(),
        ),
        ("talk to a neighbour", UnixStream::pair().is_ok()),
        (
            "start a thread",
            std::thread::Builder::new().spawn(|| ()).is_ok(),
        ),
        (
            "start a program",
            std::process::Command::new("/bin/true").status().is_ok(),
        ),
    ];
    let escaped = deeds
        .into_iter()
        .filter(|(_, done)| *done)
        .map(|(deed, _)| deed)
        .chain(sandbox::not_refused())
        .map(str::to_owned)
        .collect();
    Report {
        limits: [
            limit(Resource::AS),
            limit(Resource::FSIZE),
            limit(Resource::NOFILE),
            limit(Resource::NPROC),
            limit(Resource::CORE),
        ],
        environment: std::env::vars_os().count(),
        user: sandbox::user(),
        escaped,
        process: std::process::id(),
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
