//! Logs, to standard error, as text or as JSON lines.
//!
//! Two libraries print passwords and whole mails at their lower levels (async-imap traces LOGIN, lettre the challenge
//! of AUTH). They are capped at warnings here, and no setting can lift the cap.

use std::io;

use tracing::Level;
use tracing::Metadata;
use tracing::warn;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged when nothing else is asked for.
pub const DEFAULT_FILTER: &str = "info,async_imap=warn,lettre=warn,sqlx=warn,rustls=warn";

/// Libraries that see passwords and mails.
const CAPPED: [&str; 3] = ["async_imap", "imap_proto", "lettre"];

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal or a journal.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `filter` adds to `DEFAULT_FILTER` in the same notation ("debug", "phach::mailbox=trace"); an empty
/// one adds nothing, an unreadable one is named in a warning and adds nothing. A second call changes nothing.
pub fn init(format: Format, filter: &str) {
    let (filter, readable) = match directives(filter) {
        Ok(filter) => (filter, true),
        Err(_) => (EnvFilter::new(DEFAULT_FILTER), false),
    };
    let started = Registry::default()
        .with(layer(format, filter, io::stderr))
        .try_init();
    if started.is_ok() && !readable {
        warn!("the log filter of the settings cannot be read and is left out");
    }
}

fn directives(extra: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    let extra = extra.trim();
    if extra.is_empty() {
        return EnvFilter::builder().parse(DEFAULT_FILTER);
    }
    EnvFilter::builder().parse(format!("{DEFAULT_FILTER},{extra}"))
}

/// Lines of one format, through the filter and under the cap.
fn layer<W>(format: Format, filter: EnvFilter, to: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Not `with_filter`: a library that only asks whether a line would be logged (sqlx does, at each query) makes a
    // filter of one layer swallow the next line of that thread.
    let filter = filter.and_then(filter_fn(may_pass));
    let lines = tracing_subscriber::fmt::layer().with_writer(to);
    match format {
        Format::Text => filter.and_then(lines.with_ansi(false)).boxed(),
        Format::Json => filter.and_then(lines.json().flatten_event(true)).boxed(),
    }
}

/// The cap: from libraries that see passwords only warnings and errors pass.
fn may_pass(about: &Metadata<'_>) -> bool {
    let room = about.target().split("::").next().unwrap_or_default();
    !CAPPED.contains(&room) || *about.level() <= Level::WARN
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::Mutex;

    use tracing::debug;
    use tracing::info;
    use tracing::trace;
    use tracing::warn;
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;

    use super::Format;
    use super::directives;
    use super::layer;

    /// A page that log lines are written on.
    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, filter: &str, act: impl FnOnce()) -> String {
        let page = Page::default();
        let to = page.clone();
        let filter = directives(filter).unwrap();
        let subscriber = Registry::default().with(layer(format, filter, move || to.clone()));
        // This also brings the lines of libraries that speak through the `log` crate.
        let listening = subscriber.set_default();
        act();
        drop(listening);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_library_that_only_asks_swallows_no_line() {
        let text = logged(Format::Text, "", || {
            for turn in 0..3 {
                let asked = tracing::enabled!(target: "sqlx::query", tracing::Level::DEBUG);
                assert!(!asked, "not at this level");
                info!(turn, "mail sorted");
            }
        });
        assert_eq!(text.lines().count(), 3, "{text}");
    }

    #[test]
    fn no_setting_makes_a_library_print_a_password() {
        let check = |filter: &str| {
            let text = logged(Format::Text, filter, || {
                trace!(target: "async_imap::imap_stream", "encode: A1 LOGIN a matkhau");
                debug!(target: "lettre::transport::smtp::commands", "auth matkhau");
                info!(target: "lettre", "matkhau");
                trace!(target: "imap_proto", "matkhau");
                log::trace!(target: "async_imap::imap_stream", "encode: A1 LOGIN a matkhau");
                log::warn!(target: "async_imap::client", "unexpected line");
                warn!(target: "lettre::transport", "cannot connect");
                info!("mailbox is open");
            });
            assert!(!text.contains("matkhau"), "{filter}: {text}");
            assert!(text.contains("cannot connect"), "{filter}: {text}");
            assert!(text.contains("unexpected line"), "{filter}: {text}");
            assert!(text.contains("mailbox is open"), "{filter}: {text}");
        };
        check("");
        check("trace");
        check("async_imap=trace,lettre=trace,imap_proto=trace");
        check("async_imap::imap_stream=trace,lettre::transport::smtp::commands=trace");
    }

    #[test]
    fn a_filter_adds_to_the_usual_one() {
        let check = |filter: &str, want: bool| {
            let text = logged(Format::Text, filter, || {
                debug!(target: "phach::mailbox", "list of 3");
            });
            assert_eq!(text.contains("list of 3"), want, "{filter}: {text}");
        };
        check("", false);
        check("debug", true);
        check("phach::mailbox=debug", true);
        check("phach::outbox=debug", false);
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = logged(Format::Json, "", || info!(message.id = 7, "entry\nrouted"));
        assert_eq!(text.lines().count(), 1);
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["message.id"], 7);
        assert_eq!(line["message"], "entry\nrouted");
    }

    #[test]
    fn an_unreadable_filter_is_told_from_a_readable_one() {
        assert!(directives("phach=loud").is_err());
    }
}
