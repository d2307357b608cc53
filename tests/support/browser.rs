//! A real browser for tests: Debian's Chromium driven through chromedriver, used as a person at a keyboard uses it.
//! There is no way to click: whatever is done here can be done by keys.

use std::cell::Cell;
use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::Client;
use fantoccini::ClientBuilder;
use fantoccini::actions::Actions;
use fantoccini::actions::InputSource as _;
use fantoccini::actions::KeyAction;
use fantoccini::actions::KeyActions;
use fantoccini::actions::MOUSE_BUTTON_LEFT;
use fantoccini::actions::MouseActions;
use fantoccini::actions::PointerAction;
use fantoccini::actions::WheelAction;
use fantoccini::actions::WheelActions;
use fantoccini::wd::WindowHandle;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use serde_json::json;
use tokio::runtime::Runtime;

use super::servers::new_folder;
use super::wait;

pub const ENTER: char = '\u{e006}';
pub const TAB: char = '\u{e004}';
pub const SHIFT: char = '\u{e008}';
pub const ALT: char = '\u{e00a}';
pub const CONTROL: char = '\u{e009}';
pub const BACKSPACE: char = '\u{e003}';
pub const PAGE_DOWN: char = '\u{e00f}';
pub const UP: char = '\u{e013}';
pub const DOWN: char = '\u{e015}';

/// How long a page may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);
/// More stops than any page has.
const STOPS: usize = 120;

/// What a person sits in front of.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    /// Pixels of the screen for one of the page: 2 when the page is enlarged to 200 %.
    pub zoom: u32,
    pub phone: bool,
}

pub const LAPTOP: Screen = Screen {
    name: "1366",
    width: 1366,
    height: 768,
    zoom: 1,
    phone: false,
};
pub const PHONE: Screen = Screen {
    name: "390",
    width: 390,
    height: 844,
    zoom: 1,
    phone: true,
};
/// The laptop's page enlarged to 200 %.
pub const ENLARGED: Screen = Screen {
    name: "200",
    width: 683,
    height: 384,
    zoom: 2,
    phone: false,
};

/// A browser with an empty profile; it and its driver end when dropped.
pub struct Browser {
    runtime: Runtime,
    client: Client,
    driver: Child,
    port: u16,
    session: String,
    folder: PathBuf,
    /// "http://127.0.0.1:10000"
    root: String,
    pressed: Cell<usize>,
}

impl Browser {
    /// Opens a browser for the pages below `root`.
    pub fn open(root: &str) -> Browser {
        let folder = new_folder("pb");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("no chromedriver ({error}): run 'make packages', the pages cannot be tested without a browser")
            });
        let port = port_of(&mut driver);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let wishes = json!({
            "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--force-prefers-reduced-motion", "--lang=vi", format!("--user-data-dir={}", folder.display()),
            ] }
        });
        let wishes = wishes.as_object().cloned().expect("an object");
        let client = runtime.block_on(async {
            // Plain HTTP: chromedriver listens on this machine only.
            ClientBuilder::new(HttpConnector::new())
                .capabilities(wishes)
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
        });
        let client = match client {
            Ok(client) => client,
            Err(error) => {
                let _ = driver.kill();
                panic!("Chromium does not start ({error}): run 'make packages'");
            }
        };
        let session = runtime
            .block_on(client.session_id())
            .expect("a session")
            .expect("its id");
        let browser = Browser {
            runtime,
            client,
            driver,
            port,
            session,
            folder,
            root: root.to_owned(),
            pressed: Cell::new(0),
        };
        browser.sit_at(LAPTOP);
        browser
    }

    /// Opens a page of the installation.
    pub fn goto(&self, path: &str) {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.root)
        };
        self.end_of(self.client.goto(&url))
            .unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    pub fn reload(&self) {
        self.end_of(self.client.refresh()).expect("the page again");
    }

    /// Path of the page that is shown, without what follows a question mark.
    pub fn path(&self) -> String {
        let url = self.end_of(self.client.current_url()).expect("an address");
        url.path().to_owned()
    }

    /// The value of an expression in the page.
    pub fn look(&self, expression: &str) -> Value {
        self.end_of(
            self.client
                .execute(&format!("return ({expression});"), Vec::new()),
        )
        .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// As `look`, for a text.
    pub fn text(&self, expression: &str) -> String {
        match self.look(expression) {
            Value::String(text) => text,
            other => panic!("{expression} is {other}"),
        }
    }

    /// Runs a script in the page.
    pub fn run(&self, script: &str) {
        self.end_of(self.client.execute(script, Vec::new()))
            .unwrap_or_else(|error| panic!("a script: {error}"));
    }

    /// Runs a script that calls its last argument when it is done.
    pub fn ask(&self, script: &str) -> Value {
        self.end_of(self.client.execute_async(script, Vec::new()))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub fn wait(&self, expression: &str) {
        wait::until(expression, LIMIT, || {
            // Between two pages there may be none to ask.
            let told = self.end_of(
                self.client
                    .execute(&format!("return !!({expression});"), Vec::new()),
            );
            (told.ok()? == Value::Bool(true)).then_some(())
        });
    }

    /// Presses and lets go one key after another.
    pub fn keys(&self, keys: &str) {
        let mut hand = KeyActions::new("hand".to_owned());
        for value in keys.chars() {
            hand = hand
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.pressed.set(self.pressed.get() + keys.chars().count());
        self.act(hand);
    }

    /// Presses a key while another is held.
    pub fn chord(&self, held: char, value: char) {
        let hand = KeyActions::new("hand".to_owned())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: held });
        self.pressed.set(self.pressed.get() + 2);
        self.act(hand);
    }

    fn act(&self, actions: impl Into<Actions>) {
        self.end_of(self.client.perform_actions(actions))
            .expect("keys are taken");
    }

    /// How many keys were pressed so far.
    pub fn pressed(&self) -> usize {
        self.pressed.get()
    }

    /// Turns the wheel over the middle of an element.
    pub fn wheel_over(&self, selector: &str) {
        let middle = self.look(&format!(
            "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        let at = |n: usize| middle[n].as_f64().expect("a place") as i64;
        let wheel = WheelActions::new("wheel".to_owned()).then(WheelAction::Scroll {
            x: at(0),
            y: at(1),
            delta_x: 0,
            delta_y: 240,
            duration: None,
        });
        self.act(wheel);
    }

    /// Presses the button of the mouse over one part of an element and lets go over another, both in parts of its width
    /// and height.
    pub fn drag(&self, selector: &str, from: (f64, f64), to: (f64, f64)) {
        self.run(&format!(
            "document.querySelector({selector:?}).scrollIntoView({{ block: 'center' }})"
        ));
        let place = self.look(&format!(
            "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect(); \
             const y = Math.max(0, {y} * r.height + r.y - innerHeight / 2); scrollBy(0, y); \
             const s = document.querySelector({selector:?}).getBoundingClientRect(); \
             return [s.x, s.y, s.width, s.height]; }})()",
            y = from.1,
        ));
        let side = |n: usize| place[n].as_f64().expect("a place");
        let at = |(x, y): (f64, f64)| PointerAction::MoveTo {
            duration: None,
            x: side(0) + x * side(2),
            y: side(1) + y * side(3),
        };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(at(from))
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(at(to))
            .then(PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            });
        self.act(mouse);
    }

    /// Goes on with Tab until the focus is on an element; it must be within reach.
    #[track_caller]
    pub fn tab_to(&self, selector: &str) {
        for _ in 0..STOPS {
            if self.has_focus(selector) {
                return;
            }
            self.keys(&TAB.to_string());
        }
        panic!("Tab does not reach {selector} on {}", self.path());
    }

    pub fn has_focus(&self, selector: &str) -> bool {
        self.look(&format!(
            "!!document.activeElement && document.activeElement.matches({selector:?})"
        )) == Value::Bool(true)
    }

    /// Forgets a cookie, as when a session has ended.
    pub fn forget(&self, cookie: &str) {
        self.end_of(self.client.delete_cookie(cookie))
            .expect("a cookie less");
    }

    /// Opens a second tab and looks at it; returns what `turn_to` wants for the first.
    pub fn second_tab(&self) -> WindowHandle {
        self.end_of(async {
            let here = self.client.window().await.expect("a tab");
            let tab = self.client.new_window(true).await.expect("another tab");
            self.client
                .switch_to_window(tab.handle)
                .await
                .expect("to look at it");
            here
        })
    }

    /// Closes this tab and turns to another.
    pub fn turn_to(&self, tab: WindowHandle) {
        self.end_of(async {
            self.client.close_window().await.expect("to close a tab");
            self.client
                .switch_to_window(tab)
                .await
                .expect("to turn to it");
        });
    }

    /// Changes the screen.
    pub fn sit_at(&self, screen: Screen) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({
                "width": screen.width, "height": screen.height,
                "deviceScaleFactor": screen.zoom, "mobile": screen.phone,
            }),
        );
        self.devtools(
            "Emulation.setTouchEmulationEnabled",
            &json!({ "enabled": screen.phone }),
        );
    }

    /// Forgets every file that it keeps.
    pub fn empty_cache(&self) {
        self.devtools("Network.clearBrowserCache", &json!({}));
    }

    /// A picture of what is on the screen, or of the whole page.
    pub fn picture(&self, file: &Path, whole: bool) {
        let shot = self.devtools(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": whole }),
        );
        self.write(file, &shot["data"]);
    }

    /// The page as it is printed, on A4.
    pub fn print(&self, file: &Path) {
        let paper = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": false });
        let printed = self.devtools("Page.printToPDF", &paper);
        self.write(file, &printed["data"]);
    }

    fn write(&self, file: &Path, base64: &Value) {
        let bytes = STANDARD
            .decode(base64.as_str().expect("bytes as text"))
            .expect("base64");
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, bytes).expect("write a file");
    }

    /// A command of Chromium's own, for what WebDriver has no word for.
    fn devtools(&self, command: &str, params: &Value) -> Value {
        let body = json!({ "cmd": command, "params": params }).to_string();
        let answer = post(
            self.port,
            &format!("/session/{}/goog/cdp/execute", self.session),
            &body,
        );
        let answer: Value = serde_json::from_str(&answer).expect("JSON of chromedriver");
        assert!(
            answer["value"].get("error").is_none(),
            "{command}: {answer}"
        );
        answer["value"].clone()
    }

    /// What comes of a command; a browser that hangs fails the test.
    fn end_of<T>(&self, command: impl Future<Output = T>) -> T {
        self.runtime.block_on(async {
            tokio::time::timeout(LIMIT, command)
                .await
                .expect("the browser answers")
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let client = self.client.clone();
        let _ = self.runtime.block_on(client.close());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Reads the port from "ChromeDriver was started successfully on port 40123." (an earlier line says 0).
fn port_of(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("started successfully on port ")?;
        rest.trim_end_matches('.').parse().ok()
    });
    // It must not stop because nobody listens to it.
    std::thread::spawn(move || lines.for_each(drop));
    port.unwrap_or_else(|| {
        let _ = driver.kill();
        panic!("chromedriver ended without naming its port");
    })
}

/// One request to chromedriver.
fn post(port: u16, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("chromedriver listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a limit");
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    // It says that it closes the connection, and does not: its word on the length counts.
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while answer.read_line(&mut line).expect("a line of the answer") > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).expect("the whole answer");
    String::from_utf8(body).expect("an answer as text")
}
