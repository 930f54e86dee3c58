//! Tables for people and programs: XLSX and CSV.
//!
//! > **No cell is a formula.** Names come from attendees, and `=HYPERLINK(…)` is a name. In CSV a
//! > cell that a spreadsheet program could take for a formula gets an apostrophe in front (OWASP,
//! > CSV injection). In XLSX every cell is a text, and stays one when somebody edits it.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, WriterBuilder};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::ExportError;
use crate::timestamp::Timestamp;

/// A table. Its cells may be personal data, so it prints nothing of itself.
pub(super) struct Table {
    /// Name of the sheet and, with an ending, of the file.
    pub(super) name: &'static str,
    pub(super) header: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Returns the table as CSV (RFC 4180) in UTF-8, every cell in quotes, so that a program which
    /// splits at other characters splits nothing.
    pub(super) fn to_csv(&self) -> Result<Vec<u8>, ExportError> {
        let written = || -> Result<Vec<u8>, csv::Error> {
            let mut writer = WriterBuilder::new()
                .quote_style(QuoteStyle::Always)
                .terminator(Terminator::CRLF)
                .from_writer(Vec::new());
            writer.write_record(self.header)?;
            for row in &self.rows {
                writer.write_record(row.iter().map(|cell| defused(cell).into_owned()))?;
            }
            writer
                .into_inner()
                .map_err(|error| csv::Error::from(error.into_error()))
        };
        written().map_err(|source| self.failed(source))
    }

    /// Returns the table as XLSX, every cell a text. `now` is the only thing that the file says
    /// about its making.
    pub(super) fn to_xlsx(&self, now: Timestamp) -> Result<Vec<u8>, ExportError> {
        let written = || -> Result<Vec<u8>, XlsxError> {
            let mut workbook = Workbook::new();
            let made_at = ExcelDateTime::from_timestamp(now.as_micros().div_euclid(1_000_000))?;
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
            let sheet = workbook.add_worksheet();
            sheet.set_name(self.name)?;
            sheet.set_freeze_panes(1, 0)?;
            // Without the prefix, a text such as `=1+1` becomes a formula when somebody edits it.
            let text = Format::new().set_num_format("@").set_quote_prefix();
            let bold = Format::new().set_bold();
            for (column, title) in (0..).zip(self.header) {
                sheet.set_column_width(column, 22)?;
                sheet.write_string_with_format(0, column, *title, &bold)?;
            }
            for (line, row) in (1..).zip(&self.rows) {
                for (column, cell) in (0..).zip(row) {
                    sheet.write_string_with_format(line, column, cell, &text)?;
                }
            }
            workbook.save_to_buffer()
        };
        written().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: impl std::error::Error + Send + Sync + 'static) -> ExportError {
        ExportError::Table {
            table: self.name,
            source: Box::new(source),
        }
    }
}

/// Returns the text of a CSV cell that no spreadsheet program takes for a formula. Spaces and
/// control characters before it do not hide one, nor do the wide forms of East Asian input.
fn defused(cell: &str) -> Cow<'_, str> {
    let is_skipped = |character: char| character.is_whitespace() || character.is_control();
    let begins_with_control = cell.starts_with(char::is_control);
    let text = cell.trim_start_matches(is_skipped);
    let begins_a_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if begins_with_control || begins_a_formula {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn table(cell: &str) -> Table {
        Table {
            name: "attendance",
            header: &["person", "name"],
            rows: vec![vec!["0".to_owned(), cell.to_owned()]],
        }
    }

    /// What a reader of CSV finds in the second cell of the second line.
    fn read_back(csv: &[u8]) -> String {
        let mut reader = csv::Reader::from_reader(csv);
        let row = reader.records().next().unwrap().unwrap();
        row[1].to_owned()
    }

    #[test]
    fn formulas_get_an_apostrophe_and_names_do_not() {
        for cell in [
            "=1+1", "+48 600", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "\u{a0}=1", "＝1",
            "＋1", "－1", "＠A",
        ] {
            assert_eq!(defused(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in [
            "",
            "Anna Kowalska",
            "O'Brien",
            "a=b",
            "A.K. 2",
            "x@example.org",
        ] {
            assert_eq!(defused(cell), cell);
        }
    }

    #[test]
    fn csv_has_crlf_and_quotes_around_every_cell() {
        let csv = table("Anna \"Ania\" Kowalska; =1").to_csv().unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            "\"person\",\"name\"\r\n\"0\",\"Anna \"\"Ania\"\" Kowalska; =1\"\r\n"
        );
    }

    proptest! {
        /// Whatever a name holds, a program that reads the CSV finds it, and no formula.
        #[test]
        fn any_text_survives_csv_and_begins_no_formula(cell in any::<String>()) {
            let found = read_back(&table(&cell).to_csv().unwrap());
            let original = found.strip_prefix('\'').unwrap_or(&found);
            prop_assert!(found == cell || original == cell);
            let first = found.trim_start().chars().next();
            prop_assert!(!first.is_some_and(|first| "=+-@\t\r\n＝＋－＠".contains(first)));
        }
    }
}
