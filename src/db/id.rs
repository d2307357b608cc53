//! Ids: 63 bits, growing with time, made by the program so that a row's id is known before it is written.

use std::sync::Mutex;

use super::Db;
use super::Result;
use super::on_db;

/// 2020-01-01T00:00:00Z in milliseconds.
const EPOCH: i64 = 1_577_836_800_000;

static LAST: Mutex<i64> = Mutex::new(0);

/// A new id: 41 bits of milliseconds since 2020, 22 bits of chance; never the same twice in one process,
/// and with a chance of one in four million a millisecond in two (the primary key would refuse it).
pub fn new_id() -> i64 {
    let mut random = [0u8; 4];
    // Without randomness the count below still keeps ids of this process apart.
    let _ = getrandom::fill(&mut random);
    let fresh = ((crate::clock::now() - EPOCH) << 22) | i64::from(u32::from_le_bytes(random) >> 10);
    let mut last = LAST
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let id = if fresh > *last { fresh } else { *last + 1 };
    *last = id;
    id
}

/// Makes ids greater than this one from now on, so that they grow although the clock may have gone back since.
pub fn go_on_after(id: i64) {
    let mut last = LAST
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    *last = id.max(*last);
}

/// The greatest id of the tables whose order tells what came last; 0 when all are empty.
pub async fn newest(db: &Db) -> Result<i64> {
    Ok(on_db!(db, pool => sqlx::query_scalar(
        "SELECT coalesce(max(id), 0) FROM (
             SELECT max(id) AS id FROM event UNION ALL SELECT max(id) FROM job UNION ALL SELECT max(id) FROM letter
             UNION ALL SELECT max(id) FROM login_token UNION ALL SELECT max(id) FROM message) AS newest",
    )
    .fetch_one(pool).await?))
}

/// The least id that can have been made at this moment (ms UTC).
pub fn id_at(at: i64) -> i64 {
    (at - EPOCH).max(0) << 22
}

#[cfg(test)]
mod tests {
    use super::id_at;
    use super::new_id;

    #[test]
    fn an_id_tells_when_it_was_made() {
        let before = crate::clock::now();
        let id = new_id();
        // Ids run ahead of the clock by chance only when thousands are made in a millisecond.
        assert!(id_at(before) <= id && id < id_at(before + 60_000));
    }

    #[test]
    fn ids_grow() {
        let ids: Vec<i64> = (0..10_000).map(|_| new_id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids[0] > 0);
    }
}
