//! The commands. A file a command; each prints Vietnamese sentences, or JSON with `--json`.

mod arenas;
mod backup;
mod check;
mod compare;
mod contest;
mod fetch;
mod house;
mod import;
mod installation;
mod mailbox;
mod migrate;
mod read;
mod restore;
mod retention;
mod serve;
mod status;
mod trace;
mod user;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::Subcommand;

use crate::telemetry;
use crate::worker::child;
use crate::worker::tesseract;

/// The command ended as wished.
const DONE: u8 = 0;
/// Something failed; the sentence on stderr says what to do.
const FAILED: u8 = 1;
/// Everything that could run ran; something waits for its time or for a person.
const WAITING: u8 = 3;

#[derive(Parser)]
#[command(
    name = "phach",
    version,
    about = "phách: tiếp nhận, chấm và tổng hợp bài dự thi gửi qua thư điện tử",
    disable_help_subcommand = true
)]
struct Cli {
    /// Tệp cài đặt
    #[arg(
        long,
        global = true,
        env = "PHACH_CONFIG",
        default_value = "config/phach.toml",
        value_name = "TỆP"
    )]
    config: PathBuf,
    /// Ghi nhật ký dạng JSON (mỗi dòng một sự kiện) ra stderr
    #[arg(long, global = true)]
    log_json: bool,
    /// Mức nhật ký: error, warn, info, debug
    #[arg(
        long,
        global = true,
        env = "PHACH_LOG",
        default_value = "warn",
        value_name = "MỨC"
    )]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Chạy hệ thống: nhận thư, xử lý và trang web trong một tiến trình
    Serve(serve::Args),
    /// Lấy thư mới từ mọi hòm thư về đĩa một lượt rồi kết thúc
    Fetch(fetch::Args),
    /// Đưa thư đã lưu thành tệp (.eml, mbox, Maildir, thư mục) vào hòm thư của một đơn vị
    Import(import::Args),
    /// Đọc tệp bài thi, in nội dung và thông tin tìm được
    Read(read::Args),
    /// Đối chiếu các bài với nhau, tìm bài sao chép và đoạn trùng
    Compare(compare::Args),
    /// Kế hoạch cuộc thi
    #[command(subcommand)]
    Contest(contest::Command),
    /// Kiểm tra mọi thứ: kế hoạch, cơ sở dữ liệu, hòm thư, máy chủ gửi, trang web
    Check(check::Args),
    /// Số liệu hiện tại
    Status(status::Args),
    /// Tìm xem một thư đã thành gì: theo Message-ID hoặc mã tiếp nhận
    Trace(trace::Args),
    /// Tài khoản của thư ký và giám khảo
    #[command(subcommand)]
    User(user::Command),
    /// Hòm thư: đăng nhập bằng mã truy cập
    #[command(subcommand)]
    Mailbox(mailbox::Command),
    /// Mã máy và khóa ký các gói bàn giao của máy này
    Installation(installation::Args),
    /// Đưa cơ sở dữ liệu lên cấu trúc mới nhất
    Migrate,
    /// Đối chiếu: mọi tệp mà cơ sở dữ liệu nhắc đến (thư gốc, bài, trang, giấy tờ) đều đọc được, đúng mã kiểm tra
    Verify(verify::Args),
    /// Sao lưu toàn bộ dữ liệu vào một thư mục, kể cả khi hệ thống đang chạy
    Backup(backup::Args),
    /// Xem dữ liệu cá nhân nào đến hạn xóa và xóa thì mất những gì (lệnh này không xóa)
    Retention(retention::Args),
    /// Khôi phục một bản sao lưu vào nơi còn trống (SQLite hay PostgreSQL đều được)
    Restore(restore::Args),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    // Before anything else starts a thread or opens a file: the walled child processes.
    if let Some(word) = std::env::args_os().nth(1) {
        if word == child::COMMAND {
            return child::main();
        }
        if word == tesseract::COMMAND {
            return tesseract::main();
        }
    }
    let cli = Cli::parse();
    let format = if cli.log_json {
        telemetry::Format::Json
    } else {
        telemetry::Format::Text
    };
    telemetry::init(format, &cli.log);
    if matches!(cli.command, Command::Serve(_)) {
        arenas::limit();
    }
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{}", crate::words::command::failed(&error));
            return ExitCode::from(FAILED);
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{}", crate::words::command::failed(&format!("{error:#}")));
            ExitCode::from(FAILED)
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<u8> {
    match cli.command {
        Command::Serve(args) => serve::run(&cli.config, args).await,
        Command::Fetch(args) => fetch::run(&cli.config, args).await,
        Command::Import(args) => import::run(&cli.config, args).await,
        Command::Read(args) => read::run(args).await,
        Command::Compare(args) => compare::run(args).await,
        Command::Contest(command) => contest::run(&cli.config, command).await,
        Command::Check(args) => check::run(&cli.config, args).await,
        Command::Status(args) => status::run(&cli.config, args).await,
        Command::Trace(args) => trace::run(&cli.config, args).await,
        Command::User(command) => user::run(&cli.config, command).await,
        Command::Mailbox(command) => mailbox::run(&cli.config, command).await,
        Command::Installation(args) => installation::run(&cli.config, args).await,
        Command::Migrate => migrate::run(&cli.config).await,
        Command::Verify(args) => verify::run(&cli.config, args).await,
        Command::Backup(args) => backup::run(&cli.config, args).await,
        Command::Retention(args) => retention::run(&cli.config, args).await,
        Command::Restore(args) => restore::run(&cli.config, args).await,
    }
}
