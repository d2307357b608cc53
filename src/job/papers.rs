//! placeholder
use super::Ctx;
use super::Failure;
use crate::db::job::Job;
pub async fn run(_ctx: &Ctx, _job: &Job) -> Result<(), Failure> {
    Ok(())
}
