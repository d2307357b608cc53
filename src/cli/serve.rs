//! `phach serve`: mail, jobs and web in one process; `--until-idle` works everything off and ends.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum;

use super::house;
use crate::clock;
use crate::db;
use crate::job;
use crate::job::Ctx;
use crate::job::installation;
use crate::web;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// Xử lý hết những việc làm được ngay rồi kết thúc (mã thoát 3: còn việc chờ đến giờ hoặc cần người xử lý)
    #[arg(long)]
    until_idle: bool,
    /// Chỉ chạy một phần: intake (nhận thư), worker (xử lý), web (trang web)
    #[arg(long, value_name = "PHẦN")]
    only: Option<Part>,
    /// Số việc xử lý cùng lúc
    #[arg(long, default_value_t = 4, value_name = "SỐ")]
    lanes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Intake,
    Worker,
    Web,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (ctx, _lock) = house::enter(config).await?;
    let runs = |part: Part| args.only.is_none_or(|only| only == part);
    if runs(Part::Worker) {
        // Without it no mail can be given its code: better said now than by every job.
        installation::key(&ctx.db, &ctx.config.data)
            .await
            .with_context(|| words::command::NO_KEY)?;
    }
    if args.until_idle {
        let code = until_idle(
            &ctx,
            runs(Part::Intake),
            runs(Part::Worker),
            args.lanes.max(1),
        )
        .await?;
        db::mailbox::release(&ctx.db, ctx.owner).await?;
        ctx.db.close().await;
        return Ok(code);
    }
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    if runs(Part::Intake) {
        tasks.spawn(job::intake::watch(Arc::clone(&ctx), stopped.clone()));
    }
    if runs(Part::Worker) {
        tasks.spawn(job::housekeeping::serve(Arc::clone(&ctx), stopped.clone()));
        tasks.spawn(job::compare::due::serve(Arc::clone(&ctx), stopped.clone()));
        tasks.spawn(job::run::serve(
            Arc::clone(&ctx),
            args.lanes.max(1),
            stopped.clone(),
        ));
    }
    let (failed, mut web_failed) = tokio::sync::mpsc::channel::<anyhow::Error>(1);
    if runs(Part::Web) {
        let state = web::State::new(ctx.db.clone(), ctx.blobs.clone(), Arc::clone(&ctx.config));
        let mut stopped = stopped.clone();
        println!("{}", words::command::serving(&ctx.config.web.public_url));
        tasks.spawn(async move {
            let until = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(error) = web::serve(state, until).await {
                let _ = failed.send(error).await;
            }
        });
    }
    // In this order: a web part that ends has said why before.
    let outcome = tokio::select! {
        biased;
        () = asked_to_stop() => Ok(super::DONE),
        Some(error) = web_failed.recv() => Err(error),
        // None of these ends by itself: end all, so that whoever watches the service starts it anew.
        Some(ended) = tasks.join_next() => {
            Err(ended.map_or_else(anyhow::Error::from, |()| anyhow::anyhow!(words::command::PART_ENDED)))
        }
    };
    let _ = stop.send(true);
    while tasks.join_next().await.is_some() {}
    db::mailbox::release(&ctx.db, ctx.owner).await?;
    ctx.db.close().await;
    outcome
}

/// Ctrl+C or SIGTERM.
async fn asked_to_stop() {
    use tokio::signal::unix::SignalKind;
    use tokio::signal::unix::signal;

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Looks into the mailboxes and works until neither brings anything new, then says what is left.
async fn until_idle(ctx: &Ctx, intake: bool, worker: bool, lanes: usize) -> anyhow::Result<u8> {
    let mut unread = Vec::new();
    loop {
        let mut fetched = 0;
        if intake {
            unread.clear();
            for report in job::intake::once(ctx).await? {
                match report.result {
                    Ok(pass) => fetched += pass.fetched,
                    Err(error) => unread.push((report.mailbox.address, error.trouble())),
                }
            }
        }
        if worker {
            job::run::until_idle(ctx, lanes).await?;
        }
        if fetched == 0 {
            break;
        }
    }
    left(ctx, &unread).await
}

/// Prints what waits until when, and what needs a person.
async fn left(ctx: &Ctx, unread: &[(String, Option<crate::entry::Trouble>)]) -> anyhow::Result<u8> {
    let now = clock::now();
    let zone = words::time::zone("Asia/Ho_Chi_Minh");
    let mut waits = false;
    for waiting in db::job::waiting(&ctx.db, now).await? {
        waits = true;
        let at = words::time::instant_exact(waiting.run_at, &zone);
        println!(
            "{}",
            words::command::job_waits(waiting.kind.as_str(), waiting.jobs, &at)
        );
    }
    for (kind, count) in db::matter::open_by_kind(&ctx.db).await? {
        waits = true;
        println!("{}", words::command::matter_waits(kind, count));
    }
    for (address, trouble) in unread {
        waits = true;
        let why = trouble.map_or(words::command::OTHER_PROCESS, words::mailbox::trouble);
        println!("{}", words::command::mailbox_unread(address, why));
    }
    if waits {
        return Ok(super::WAITING);
    }
    println!("{}", words::command::ALL_DONE);
    Ok(super::DONE)
}
