//! Reading what strangers send: in a child process behind walls, never in the daemon.
//!
//! The binary starts itself again as `phach worker-child`, with limits on memory, time, files and rights (`sandbox`),
//! and talks to it over two pipes (`protocol`). `Pool` keeps a few such children, watches the clock, and replaces any
//! that loops, dies or talks nonsense. A hostile file therefore costs one child, never the daemon.

pub mod child;
mod filter;
pub mod ocr;
pub mod pool;
pub mod protocol;
mod running;
pub mod sandbox;
pub mod tesseract;

pub use pool::Error;
pub use pool::Pool;
pub use pool::Settings;
pub use protocol::Read;
pub use protocol::Sorted;
