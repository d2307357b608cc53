//! What most commands begin with: settings, database, and the right to be the only one at work.

use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;

use crate::config::Config;
use crate::db;
use crate::db::Db;
use crate::job::Ctx;
use crate::job::installation;
use crate::job::lock::Lock;
use crate::words;

/// Settings and an open, migrated database.
pub async fn open(path: &Path) -> anyhow::Result<(Arc<Config>, Db)> {
    let config = Config::read(path)?;
    std::fs::create_dir_all(&config.data)
        .map_err(|error| anyhow!(words::settings::unreadable(&config.data, &error)))?;
    let url = config.database_url();
    let db = Db::open(&url)
        .await
        .map_err(|error| anyhow!(words::command::no_database(&error)))?;
    // Also when the clock went back while nobody was at work.
    db::id::go_on_after(db::id::newest(&db).await?);
    installation::ensure(&db, &config.data).await?;
    Ok((Arc::new(config), db))
}

/// Everything a job needs. On SQLite the lock comes with it: nobody else may be at work.
pub async fn enter(path: &Path) -> anyhow::Result<(Arc<Ctx>, Option<Lock>)> {
    let (config, db) = open(path).await?;
    let lock = if db.is_lite() {
        let lock = Lock::take(&config.data)?.map_err(|_| anyhow!(words::command::SECOND_SERVE))?;
        // Nobody else is at work: what a killed process left in hand is free.
        db::job::take_over(&db, crate::clock::now()).await?;
        db::mailbox::take_over(&db).await?;
        Some(lock)
    } else {
        None
    };
    Ok((Arc::new(Ctx::new(db, config)), lock))
}

/// The contest meant: the one with this slug, or the only one.
pub async fn contest(db: &Db, slug: Option<&str>) -> anyhow::Result<i64> {
    let all = db::contest::all(db).await?;
    match (slug, all.as_slice()) {
        (Some(slug), all) => all
            .iter()
            .find(|(_, known)| known == slug)
            .map(|(id, _)| *id)
            .ok_or_else(|| anyhow!(words::command::no_contest(slug))),
        (None, [(id, _)]) => Ok(*id),
        (None, []) => Err(anyhow!(words::command::NO_PLAN)),
        (None, all) => {
            let slugs: Vec<&str> = all.iter().map(|(_, slug)| slug.as_str()).collect();
            Err(anyhow!(words::command::which_contest(&slugs)))
        }
    }
}

/// A turning wheel with a sentence; silent when the output is for a program.
pub fn spinner(silent: bool, sentence: &'static str) -> indicatif::ProgressBar {
    if silent {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner().with_message(sentence);
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}

/// A bar that fills; silent when the output is for a program.
pub fn bar(silent: bool, length: u64) -> indicatif::ProgressBar {
    if silent || length < 2 {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len}  {eta}");
    let bar = indicatif::ProgressBar::new(length);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A bar whose length is known only when the work has begun; until then a turning wheel, if there is one.
pub struct Late {
    silent: bool,
    wheel: Option<indicatif::ProgressBar>,
    bar: Option<indicatif::ProgressBar>,
}

impl Late {
    pub fn new(silent: bool, wheel: Option<indicatif::ProgressBar>) -> Late {
        Late {
            silent,
            wheel,
            bar: None,
        }
    }

    /// So many of so many.
    pub fn set(&mut self, done: u64, all: u64) {
        if let Some(wheel) = self.wheel.take() {
            wheel.finish_and_clear();
        }
        let silent = self.silent;
        self.bar
            .get_or_insert_with(|| bar(silent, all))
            .set_position(done);
    }

    pub fn clear(self) {
        for bar in self.wheel.into_iter().chain(self.bar) {
            bar.finish_and_clear();
        }
    }
}
