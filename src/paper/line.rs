//! Lines of a letter as docx-rs has them: size and weight, space around, rules and gaps.

use docx_rs::AlignmentType;
use docx_rs::LineSpacing;
use docx_rs::LineSpacingType;
use docx_rs::Paragraph;
use docx_rs::ParagraphBorder;
use docx_rs::ParagraphBorderPosition;
use docx_rs::ParagraphBorders;
use docx_rs::Run;

use super::clean;
use super::measure;

/// Size in half points, as Word counts.
#[derive(Clone, Copy)]
pub struct Look {
    pub size: usize,
    pub bold: bool,
    pub italic: bool,
}

pub const PLAIN: Look = Look {
    size: 28,
    bold: false,
    italic: false,
};
pub const BOLD: Look = Look {
    bold: true,
    ..PLAIN
};
pub const ITALIC: Look = Look {
    italic: true,
    ..PLAIN
};

impl Look {
    pub fn of(self, size: usize) -> Look {
        Look { size, ..self }
    }

    pub fn run(self, text: &str) -> Run {
        let run = Run::new().add_text(clean::line(text)).size(self.size);
        let run = if self.bold { run.bold() } else { run };
        if self.italic { run.italic() } else { run }
    }

    pub fn line(self, text: &str) -> Paragraph {
        paragraph().add_run(self.run(text))
    }

    pub fn centred(self, text: &str) -> Paragraph {
        self.line(text).align(AlignmentType::Center)
    }
}

/// A paragraph without the number it would get from a counter of the thread: all are numbered when the document is built,
/// so that a paper's bytes depend on its values alone.
pub fn paragraph() -> Paragraph {
    Paragraph::new().id("00000001")
}

/// Space above and below, in twentieths of a point.
pub fn space(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().before(before).after(after)
}

/// A thin line of this length in the middle of a column, right under the line before.
pub fn rule(length: i32, column: usize) -> Paragraph {
    let column = i32::try_from(column).unwrap_or(length);
    let side = (column - length).max(0) / 2;
    let mut line = gap(60)
        .indent(Some(side), None, Some(side), None)
        .line_spacing(space(50, 0).line(60).line_rule(LineSpacingType::Exact));
    line.property = line.property.set_borders(
        ParagraphBorders::with_empty().set(
            ParagraphBorder::new(ParagraphBorderPosition::Top)
                .size(6)
                .space(0)
                .color("000000"),
        ),
    );
    line
}

/// An empty line of this height.
pub fn gap(height: i32) -> Paragraph {
    paragraph().size(4).line_spacing(
        LineSpacing::new()
            .line(height)
            .line_rule(LineSpacingType::Exact),
    )
}

/// Length of the rule under a line: 40 parts of 100 of the line (the decree asks for a third to a half).
pub fn rule_under(line: &str, half_points: u32, column: usize) -> i32 {
    let twips = measure::width(&clean::line(line)) * half_points / 100;
    let column = u32::try_from(column).unwrap_or(twips);
    i32::try_from(twips.min(column) * 2 / 5).unwrap_or(0)
}
