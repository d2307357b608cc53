//! What the tests from outside and the demonstration share: real servers, a reader of mailboxes that knows
//! nothing of the program's own, and a cast of participants with their mails.
#![allow(dead_code)] // each binary that includes this uses a part of it

pub mod axe;
pub mod browser;
pub mod cast;
pub mod drafts;
pub mod grown;
pub mod hand;
pub mod house;
pub mod identity;
pub mod imap;
pub mod line;
pub mod mime;
pub mod panel;
pub mod papers;
pub mod person;
pub mod places;
pub mod prose;
pub mod secretary;
pub mod servers;
pub mod wait;
pub mod web;
