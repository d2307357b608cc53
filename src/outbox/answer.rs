//! What a refusal for now says of the relay and of the letter.

use crate::mailbox::tls::quiet;
use crate::outbox::Outcome;
use crate::outbox::Whose;
use crate::outbox::reply::Reply;

/// The server's words, one line.
pub fn answer_of(reply: &Reply) -> String {
    quiet(&format!("{} {}", reply.code, reply.text()))
}

/// The line is to blame.
pub fn again(why: &str) -> Outcome {
    Outcome::Again {
        code: None,
        answer: why.into(),
        whose: Whose::Relay,
    }
}

/// What the server said is to blame.
pub fn again_with(reply: &Reply, whose: Whose) -> Outcome {
    Outcome::Again {
        code: Some(reply.code),
        answer: answer_of(reply),
        whose,
    }
}

/// By the enhanced code where the relay gives one: X.3.X is about its system (RFC 3463 §3.4).
pub fn whose(reply: &Reply) -> Whose {
    match reply.code == 421 || reply.text().starts_with("4.3.") {
        true => Whose::Relay,
        false => Whose::Letter,
    }
}
