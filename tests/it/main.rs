//! The program from outside. One binary, so that it links once.

mod worker;
