//! `phach user`: accounts of the secretariat and the juries.

use std::path::Path;

use anyhow::anyhow;

use super::house;
use crate::clock;
use crate::contest::role::Role;
use crate::db;
use crate::web;
use crate::words;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Thêm tài khoản hoặc thêm vai trò cho tài khoản đã có
    Add {
        /// Địa chỉ thư điện tử
        #[arg(value_name = "THƯ")]
        email: String,
        /// Họ và tên
        #[arg(long, value_name = "TÊN")]
        name: String,
        /// Vai trò: administrator (quản trị), secretary (thư ký), head_judge (trưởng ban), judge (giám khảo), question_author (ra đề), monitor (theo dõi)
        #[arg(long, value_name = "VAI TRÒ")]
        role: String,
        /// Mã đơn vị; không ghi là mọi đơn vị (chỉ dành cho quản trị và theo dõi)
        #[arg(long, value_name = "MÃ")]
        unit: Option<String>,
        /// Tên ngắn của cuộc thi, khi có nhiều cuộc thi
        #[arg(long, value_name = "TÊN")]
        contest: Option<String>,
    },
    /// Danh sách tài khoản và vai trò
    List,
    /// Thu hồi mọi vai trò của một tài khoản
    Revoke {
        #[arg(value_name = "THƯ")]
        email: String,
        #[arg(long, value_name = "TÊN")]
        contest: Option<String>,
    },
    /// In mã đăng nhập dùng một lần (khi thư điện tử gặp sự cố)
    Code {
        #[arg(value_name = "THƯ")]
        email: String,
    },
    /// In liên kết đăng nhập dùng một lần
    Link {
        #[arg(value_name = "THƯ")]
        email: String,
    },
}

pub async fn run(config: &Path, command: Command) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let now = clock::now();
    match command {
        Command::Add {
            email,
            name,
            role,
            unit,
            contest,
        } => {
            let role = Role::read(&role).ok_or_else(|| anyhow!(words::command::no_role(&role)))?;
            let email = email.trim().to_lowercase();
            if email.parse::<lettre::Address>().is_err() {
                return Err(anyhow!(words::command::bad_address(&email)));
            }
            let contest = house::contest(&db, contest.as_deref()).await?;
            let standing = db::contest::standing(&db, contest).await?;
            let unit = match (unit, role) {
                (Some(code), _) => Some(
                    *standing
                        .units
                        .get(&code)
                        .ok_or_else(|| anyhow!(words::command::no_unit(&code)))?,
                ),
                (None, Role::Administrator | Role::Monitor) => None,
                (None, Role::Secretary | Role::HeadJudge | Role::Judge | Role::QuestionAuthor) => {
                    return Err(anyhow!(words::command::UNIT_NEEDED));
                }
            };
            let mut tx = db.begin().await?;
            let account = db::account::put(&mut tx, &email, &name, now).await?;
            db::account::grant(&mut tx, account, contest, unit, role, now).await?;
            tx.commit().await?;
            println!("{}", words::command::user_added(&email));
        }
        Command::List => {
            for account in db::account::all(&db).await? {
                println!("{}  {}", account.email, account.name);
                for grant in db::account::grants(&db, account.id).await? {
                    let standing = db::contest::standing(&db, grant.contest_id).await?;
                    let unit = grant
                        .unit_id
                        .map_or(words::command::EVERY_UNIT, |unit| standing.unit_name(unit));
                    println!(
                        "    {} – {unit} – {}",
                        words::plan::role(grant.role),
                        standing.plan.title
                    );
                }
            }
        }
        Command::Revoke { email, contest } => {
            let contest = house::contest(&db, contest.as_deref()).await?;
            let account = known(&db, &email).await?;
            let mut tx = db.begin().await?;
            let revoked = db::account::revoke(&mut tx, account, contest, now).await?;
            tx.commit().await?;
            println!("{}", words::command::revoked(revoked));
        }
        Command::Code { email } => {
            let code = web::login::issue_code(&db, &email, now).await?;
            println!(
                "{}",
                code.ok_or_else(|| anyhow!(words::command::no_user(&email)))?
            );
        }
        Command::Link { email } => {
            let link = web::login::login_link(&db, &config.web.public_url, &email, now).await?;
            println!(
                "{}",
                link.ok_or_else(|| anyhow!(words::command::no_user(&email)))?
            );
        }
    }
    Ok(super::DONE)
}

async fn known(db: &db::Db, email: &str) -> anyhow::Result<i64> {
    db::account::by_email(db, &email.to_lowercase())
        .await?
        .map(|account| account.id)
        .ok_or_else(|| anyhow!(words::command::no_user(email)))
}
