//! Waiting for news instead of asking again and again.

use std::time::Duration;

use async_imap::imap_proto::MailboxDatum;
use async_imap::imap_proto::Response;
use tokio::time::Instant;
use tokio::time::timeout_at;

use crate::mailbox::Error;
use crate::mailbox::connection::Answer;
use crate::mailbox::connection::Connection;
use crate::mailbox::connection::Parsed;

/// Why waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The folder changed its number of mails.
    ByNews,
    ByTime,
}

impl Connection {
    /// Waits for news in the open folder (IDLE, RFC 2177), at most `longest`; providers hang up after 10 to 30 minutes.
    /// Only a hint: the next list tells what is there. A server that hangs up is an error, not news.
    pub async fn idle(&mut self, longest: Duration) -> Result<Woken, Error> {
        if !self.can("IDLE") {
            return Err(Error::GiveUp("the server offers no IDLE".into()));
        }
        let tag = self.start("IDLE").await?;
        // Until the server is ready to wait; what came since the last command may be said before that.
        let mut news = false;
        loop {
            match self.answer(&tag).await? {
                Answer::Data(data) if matches!(data.response(), Response::Continue(_)) => break,
                Answer::Data(data) => news |= tells_news(&data),
                Answer::End(ended) => {
                    ended.ok("IDLE")?;
                    return Ok(Woken::ByTime);
                }
            }
        }
        let until = Instant::now() + longest;
        self.deadline = until + self.limits.command;
        self.set_silence(longest + self.limits.read);
        let woken = loop {
            if news {
                break Woken::ByNews;
            }
            match timeout_at(until, self.answer(&tag)).await {
                Err(_) => break Woken::ByTime,
                Ok(Err(error)) => return Err(error),
                Ok(Ok(Answer::End(ended))) => {
                    self.set_silence(self.limits.read);
                    ended.ok("IDLE")?;
                    return Ok(Woken::ByTime);
                }
                Ok(Ok(Answer::Data(data))) => news = tells_news(&data),
            }
        };
        self.set_silence(self.limits.read);
        self.more_time();
        self.write("DONE\r\n").await?;
        self.finish(&tag, |_| ()).await?.ok("IDLE")?;
        Ok(woken)
    }
}

fn tells_news(data: &Parsed) -> bool {
    matches!(
        data.response(),
        Response::MailboxData(MailboxDatum::Exists(_))
    )
}
