//! Where the demonstration lives, `./var/demo`, and how what still runs there is ended.
//!
//! Postfix and Dovecot run as users of their own and need short paths. Where `./var` is too deep, or closed to
//! others (a home folder), everything lives under /tmp instead.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use super::support::servers::Account;
use super::support::servers::MailServers;
use super::support::servers::is_root;

pub struct Place {
    pub folder: PathBuf,
}

fn at_home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("var/demo")
}

fn elsewhere() -> PathBuf {
    let user = fs::metadata("/proc/self").map_or(0, |about| about.uid());
    PathBuf::from(format!("/tmp/phach-demo-{user}"))
}

impl Place {
    /// An empty folder with running mail servers in it.
    pub fn with_servers(accounts: &[Account]) -> Result<(Place, MailServers), String> {
        let mut said = String::new();
        for folder in [at_home(), elsewhere()] {
            fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
            // A port may be taken in between.
            for _ in 0..3 {
                match MailServers::start_in(&folder.join("m"), accounts) {
                    Ok(servers) => return Ok((Place { folder }, servers)),
                    Err(why) => said = why,
                }
                let _ = MailServers::stop_in(&folder.join("m"));
                if ["too long", "may not enter"]
                    .iter()
                    .any(|mark| said.contains(mark))
                {
                    break;
                }
            }
            if !["too long", "may not enter"]
                .iter()
                .any(|mark| said.contains(mark))
            {
                break;
            }
            remove(&folder)?;
            println!(
                "    (thư mục {} không dùng được cho máy chủ thư, dùng thư mục khác)",
                folder.display()
            );
        }
        Err(said)
    }

    /// Ends the servers and the web view of any run before, and removes its folder.
    pub fn stop_all() -> Result<(), String> {
        for folder in [at_home(), elsewhere()] {
            if !folder.exists() {
                continue;
            }
            if let Some(pid) = fs::read_to_string(folder.join("serve.pid"))
                .ok()
                .and_then(|text| text.trim().parse().ok())
            {
                end(pid)?;
            }
            MailServers::stop_in(&folder.join("m"))?;
            remove(&folder)?;
            println!("    đã dừng và dọn {}", folder.display());
        }
        Ok(())
    }

    /// Starts `phach serve` in a session of its own, so that it outlives this program and its terminal.
    pub fn serve(&self, exe: &Path) -> Result<Child, String> {
        let log = fs::File::create(self.folder.join("serve.log")).map_err(|e| e.to_string())?;
        let error = log.try_clone().map_err(|e| e.to_string())?;
        // A new child leads no process group, so setsid becomes the program itself and keeps its id.
        let mut child = Command::new("setsid")
            .arg(exe)
            .arg("serve")
            .env("PHACH_CONFIG", self.folder.join("phach.toml"))
            .env("PHACH_LOG", "info")
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(error)
            .spawn()
            .map_err(|e| format!("setsid: {e}"))?;
        let pid = child.id();
        fs::write(self.folder.join("serve.pid"), format!("{pid}\n")).map_err(|e| e.to_string())?;
        let begun = Instant::now();
        while !is_serve(pid) {
            self.still_runs(&mut child)?;
            if begun.elapsed() > Duration::from_secs(10) {
                return Err("phach serve không khởi động được".to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(child)
    }

    /// The error says how it ended and what it logged last.
    pub fn still_runs(&self, serve: &mut Child) -> Result<(), String> {
        let Some(status) = serve.try_wait().map_err(|e| e.to_string())? else {
            return Ok(());
        };
        let log = self.folder.join("serve.log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        Err(format!(
            "phach serve đã dừng ({status}); cuối nhật ký {}:\n{}",
            log.display(),
            lines[lines.len().saturating_sub(10)..].join("\n")
        ))
    }
}

/// Whether this process is a running `phach serve`, and not another one that got its number.
fn is_serve(pid: u32) -> bool {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<&[u8]> = words.split(|byte| *byte == 0).collect();
    let [program, command, ..] = words.as_slice() else {
        return false;
    };
    program.ends_with(b"/phach") && *command == b"serve"
}

fn end(pid: u32) -> Result<(), String> {
    let begun = Instant::now();
    let mut signal = "-TERM";
    while is_serve(pid) {
        let _ = Command::new("kill")
            .args([signal, &pid.to_string()])
            .status();
        if begun.elapsed() > Duration::from_secs(20) {
            return Err(format!("phach serve (tiến trình {pid}) không dừng"));
        }
        if begun.elapsed() > Duration::from_secs(10) {
            signal = "-KILL";
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Asks for the password of sudo once, before anything is started; nothing to do as root.
pub fn may_be_root() -> Result<(), String> {
    if is_root() {
        return Ok(());
    }
    let allowed = Command::new("sudo").arg("-v").status();
    match allowed {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(
            "Postfix và Dovecot cần quyền root để khởi động: hãy chạy bằng root hoặc với sudo"
                .to_owned(),
        ),
    }
}

/// The program beside this one.
pub fn program() -> Result<PathBuf, String> {
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    let found = exe
        .parent()
        .and_then(Path::parent)
        .map(|folder| folder.join("phach"))
        .filter(|path| path.exists());
    found.ok_or_else(|| "chưa có chương trình phach, hãy chạy: make demo".to_owned())
}

fn remove(folder: &Path) -> Result<(), String> {
    if fs::remove_dir_all(folder).is_err() && folder.exists() {
        // Files of the servers' own users.
        let _ = Command::new("sudo")
            .args(["-n", "rm", "-rf"])
            .arg(folder)
            .status();
    }
    if folder.exists() {
        return Err(format!("không xóa được {}", folder.display()));
    }
    Ok(())
}
