//! What a person may do in a contest (R001-33, R001-36, R001-42). Roles hold for a unit; names are in `words::plan`.

use serde::Deserialize;
use serde::Serialize;

/// A role, stored as snake_case text in the database, in JSON and in logs alike.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Role {
    /// Settings, accounts and plans.
    Administrator,
    /// Tổ Thư ký: intake, matters, letters.
    Secretary,
    /// Trưởng Ban Giám khảo: panels, disagreements, lists.
    HeadJudge,
    /// Giám khảo: marks what the panel was given; sees no identity.
    Judge,
    /// Hội đồng ra đề: questions and key; sees no essays.
    QuestionAuthor,
    /// Reads figures, changes nothing.
    Monitor,
}

impl Role {
    /// Every role, the widest first.
    pub const ALL: &'static [Role] = &[
        Role::Administrator,
        Role::Secretary,
        Role::HeadJudge,
        Role::Judge,
        Role::QuestionAuthor,
        Role::Monitor,
    ];

    /// The stored name: "head_judge".
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Secretary => "secretary",
            Role::HeadJudge => "head_judge",
            Role::Judge => "judge",
            Role::QuestionAuthor => "question_author",
            Role::Monitor => "monitor",
        }
    }

    /// Reads a stored name.
    pub fn read(name: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn a_role_is_stored_under_the_name_it_is_read_by() {
        for role in Role::ALL {
            assert_eq!(Role::read(role.as_str()), Some(*role));
            let json = serde_json::to_string(role).unwrap();
            assert_eq!(json, format!("\"{}\"", role.as_str()));
        }
        assert_eq!(Role::read("Judge"), None);
    }
}
