//! A line to a port of this machine that can be made bad: cut, halved, slow, dead, silent, or spoken over by somebody who
//! answers in the server's place. The last kinds need a protocol without TLS.

use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

/// What the line does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing: it carries the bytes.
    Well,
    /// After so many bytes of the server both ends are cut.
    Cut(usize),
    /// After so many bytes the server's end is closed, the client's stays open.
    Half(usize),
    /// So many bytes of the server at a time, with a rest after each.
    Crawl(usize),
    /// Nobody is there.
    Dead,
    /// Whoever is there says nothing any more. Lines that fell silent stay so.
    Silent,
    /// Somebody of another protocol is there.
    Babble,
    /// Commands with this word in them are not carried: this is the answer, behind the command's tag where `TAG` stands.
    Answer(&'static str, &'static str),
}

/// A line.
pub struct Line {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    fault: Fault,
    /// Ends of the lines that were opened.
    open: Vec<TcpStream>,
}

impl Line {
    /// A well line to a port of 127.0.0.1.
    pub fn to(port: u16) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let state = Arc::new(Mutex::new(State {
            fault: Fault::Well,
            open: Vec::new(),
        }));
        let line = Line {
            port: listener.local_addr().expect("its number").port(),
            state: Arc::clone(&state),
        };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                accept(client, port, &state);
            }
        });
        line
    }

    /// From now on. Lines that are open stay as they are, but for silence, which befalls all, and for those that were spoken
    /// over, which are well again with the line.
    pub fn becomes(&self, fault: Fault) {
        self.state.lock().expect("a fault").fault = fault;
    }

    /// How many lines were opened since the last cut.
    pub fn opened(&self) -> usize {
        self.state.lock().expect("a line").open.len() / 2
    }

    /// Cuts the lines that are open.
    pub fn cut(&self) {
        for end in self.state.lock().expect("a line").open.drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

fn accept(mut client: TcpStream, port: u16, state: &Arc<Mutex<State>>) {
    let fault = state.lock().expect("a fault").fault;
    if fault == Fault::Babble {
        let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    }
    if matches!(fault, Fault::Dead | Fault::Babble) {
        return;
    }
    // A server that was killed is as good as a dead line.
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
        return;
    };
    let twin = |end: &TcpStream| end.try_clone().expect("a line");
    let ends = [twin(&client), twin(&server)];
    state.lock().expect("a line").open.extend(ends);
    let (from, to, silence) = (twin(&client), twin(&server), Arc::clone(state));
    match fault {
        Fault::Answer(word, answer) => {
            let back = twin(&client);
            std::thread::spawn(move || speak_over(from, to, back, (word, answer), &silence));
        }
        _ => {
            std::thread::spawn(move || carry(from, to, Fault::Well, &silence));
        }
    }
    let silence = Arc::clone(state);
    std::thread::spawn(move || carry(server, client, fault, &silence));
}

/// Carries bytes until one side ends, or the fault does it.
fn carry(mut from: TcpStream, mut to: TcpStream, fault: Fault, state: &Mutex<State>) {
    let mut bytes = [0; 16 << 10];
    let (end, step) = match fault {
        Fault::Cut(end) | Fault::Half(end) => (end, bytes.len()),
        Fault::Crawl(step) => (usize::MAX, step.min(bytes.len())),
        _ => (usize::MAX, bytes.len()),
    };
    let mut carried = 0;
    let mut silent = fault == Fault::Silent;
    while carried < end {
        let Ok(length @ 1..) = from.read(&mut bytes[..step]) else {
            break;
        };
        silent |= state.lock().expect("a fault").fault == Fault::Silent;
        if silent {
            continue;
        }
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
        carried += length;
        if let Fault::Crawl(_) = fault {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    match fault {
        // The client may go on talking to a server that does not hear.
        Fault::Half(_) => {}
        Fault::Cut(_) => {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        }
        _ => {
            let _ = from.shutdown(Shutdown::Both);
        }
    }
}

/// Carries the client's commands, but for those with the word, which are answered here while the fault lasts.
fn speak_over(
    client: TcpStream,
    mut server: TcpStream,
    mut back: TcpStream,
    (word, answer): (&'static str, &'static str),
    state: &Mutex<State>,
) {
    let mut client = BufReader::new(client);
    let mut command = Vec::new();
    while client.read_until(b'\n', &mut command).is_ok_and(|n| n > 0) {
        let text = String::from_utf8_lossy(&command).into_owned();
        let lies = state.lock().expect("a fault").fault == Fault::Answer(word, answer);
        let told = if lies && text.contains(word) {
            let tag = text.split(' ').next().unwrap_or_default();
            back.write_all(answer.replace("TAG", tag).as_bytes())
        } else {
            server.write_all(&command)
        };
        if told.is_err() {
            break;
        }
        command.clear();
    }
    let _ = server.shutdown(Shutdown::Both);
}
