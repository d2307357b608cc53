//! What the index keeps of an entry: its words, each in both spellings, and the numbers that narrow and order a
//! question. No text is stored: what a page shows is read from the database.

use tantivy::TantivyDocument;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::NumericOptions;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;

use super::spell::Form;
use super::wanted::national;
use crate::db::search::Mark;
use crate::db::search::Paper;

/// Raise when the fields or the spelling of words change: the index is then made anew.
pub const VERSION: u32 = 1;

/// A part of an entry that is searched, in both spellings.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub exact: Field,
    pub folded: Field,
    /// What a word found here counts, in points; see `query`.
    pub weight: u16,
}

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    pub entry: Field,
    pub contest: Field,
    pub unit: Field,
    pub state: Field,
    pub version: Field,
    /// Receipt code: lower case, no dashes.
    pub code: Field,
    /// Phone number: digits only.
    pub phone: Field,
    pub name: Part,
    /// What else a slip says.
    pub facts: Part,
    pub files: Part,
    /// The essay.
    pub text: Part,
}

/// Names of the fields that are read back.
pub const ENTRY: &str = "entry";
pub const UNIT: &str = "unit";
pub const STATE: &str = "state";
pub const ENTRY_VERSION: &str = "version";

impl Fields {
    pub fn parts(&self) -> [Part; 4] {
        [self.name, self.facts, self.files, self.text]
    }
}

/// The schema, the same in every process of this version.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let asked = NumericOptions::default().set_indexed();
    let read = NumericOptions::default().set_fast();
    let entry = builder.add_i64_field(ENTRY, asked.clone() | read.clone());
    let contest = builder.add_i64_field("contest", asked.clone());
    let unit = builder.add_i64_field(UNIT, asked | read.clone());
    let state = builder.add_u64_field(STATE, read.clone());
    let version = builder.add_i64_field(ENTRY_VERSION, read);
    let code = builder.add_text_field("code", STRING);
    let phone = builder.add_text_field("phone", STRING);
    let mut part = |name: &str, weight: u16| {
        let mut field = |form: Form| {
            let words = TextFieldIndexing::default()
                .set_tokenizer(form.name())
                .set_index_option(IndexRecordOption::WithFreqsAndPositions)
                .set_fieldnorms(false);
            let options = TextOptions::default().set_indexing_options(words);
            builder.add_text_field(&format!("{name}_{}", form.name()), options)
        };
        Part {
            exact: field(Form::Exact),
            folded: field(Form::Folded),
            weight,
        }
    };
    let name = part("name", 24);
    let facts = part("facts", 12);
    let files = part("files", 8);
    let text = part("text", 2);
    let fields = Fields {
        entry,
        contest,
        unit,
        state,
        version,
        code,
        phone,
        name,
        facts,
        files,
        text,
    };
    (builder.build(), fields)
}

/// The entry as the index takes it.
pub fn document(fields: &Fields, paper: &Paper) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let mark = paper.mark();
    document.add_i64(fields.entry, paper.id);
    document.add_i64(fields.contest, paper.contest_id);
    document.add_i64(fields.unit, mark.unit);
    document.add_u64(fields.state, state_number(&mark));
    document.add_i64(fields.version, mark.version);
    document.add_text(
        fields.code,
        paper.receipt_code.replace('-', "").to_lowercase(),
    );
    if let Some(phone) = &paper.phone {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        document.add_text(fields.phone, national(&digits));
    }
    let mut say = |part: Part, text: &str| {
        document.add_text(part.exact, text);
        document.add_text(part.folded, text);
    };
    if let Some(name) = &paper.name {
        say(fields.name, name);
    }
    for fact in paper.facts() {
        say(fields.facts, fact);
    }
    for file in &paper.files {
        say(fields.files, file);
    }
    if !paper.text.is_empty() {
        say(fields.text, &paper.text);
    }
    document
}

/// The state as a number, for the sweep.
pub fn state_number(mark: &Mark) -> u64 {
    crate::entry::EntryState::ALL
        .iter()
        .position(|state| *state == mark.state)
        .map_or(u64::MAX, |place| place as u64)
}
