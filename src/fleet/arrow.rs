//! Rows, answers and snapshots as Arrow IPC streams, which other engines send and take.

use super::answer::JobAnswer;
use super::row::Row;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema};
use std::io::{Read, Write};
use std::sync::Arc;
use thiserror::Error;

/// Rows in a batch.
const BATCH: usize = 4096;

/// What is wrong with a stream.
#[derive(Debug, Error)]
pub enum NotArrow {
    /// It is none, or ends too early.
    #[error("this is no whole Arrow IPC stream")]
    Stream(#[from] ArrowError),
    /// A column is missing or of another type.
    #[error("its columns are not those of docs/fleet.md ({0})")]
    Columns(String),
}

impl From<serde_arrow::Error> for NotArrow {
    fn from(error: serde_arrow::Error) -> NotArrow {
        NotArrow::Columns(error.to_string())
    }
}

/// The columns of rows. Spark has no unsigned numbers, so there are none.
fn columns() -> Vec<FieldRef> {
    let list = |of: DataType| DataType::List(Arc::new(Field::new("item", of, false)));
    let always = |name: &str, of: DataType| Arc::new(Field::new(name, of, false));
    let maybe = |name: &str, of: DataType| Arc::new(Field::new(name, of, true));
    vec![
        always("version", DataType::Int32),
        always("job", DataType::Utf8),
        always("instance", DataType::Utf8),
        always("seq", DataType::Int32),
        always("row", DataType::Utf8),
        maybe("kind", DataType::Utf8),
        maybe("life", DataType::Int32),
        maybe("build", DataType::Utf8),
        maybe("from", DataType::Int64),
        maybe("until", DataType::Int64),
        maybe("snapshots", DataType::Int32),
        maybe("gaps", list(DataType::Float64)),
        maybe("sharing", DataType::Float64),
        maybe("certain", DataType::Boolean),
        maybe("id", DataType::Utf8),
        maybe("function", DataType::Utf8),
        maybe("file", DataType::Utf8),
        maybe("line", DataType::Int32),
        maybe("runtime", DataType::Boolean),
        maybe("start", DataType::Int32),
        maybe("born_before", DataType::Float64),
        maybe("births", list(DataType::Int32)),
        maybe("deaths", list(DataType::Int32)),
        maybe("births_are", DataType::Utf8),
        maybe("intervals", DataType::Int32),
        maybe("log", list(DataType::Float64)),
        maybe("keeps", list(DataType::Float64)),
        maybe("each", DataType::Float64),
        maybe("confidence", DataType::Utf8),
        maybe("limit", DataType::Utf8),
        maybe("facts", DataType::Utf8),
        maybe("by_age", list(DataType::Int64)),
    ]
}

/// Writes rows.
pub struct RowWriter<W: Write> {
    columns: Vec<FieldRef>,
    out: StreamWriter<W>,
}

impl<W: Write> RowWriter<W> {
    /// Begins a stream.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W) -> Result<RowWriter<W>, NotArrow> {
        let columns = columns();
        let out = StreamWriter::try_new(out, &Schema::new(columns.clone()))?;
        Ok(RowWriter { columns, out })
    }

    /// Writes some.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&mut self, rows: &[Row]) -> Result<(), NotArrow> {
        for rows in rows.chunks(BATCH) {
            let batch = serde_arrow::to_record_batch(&self.columns, &rows)?;
            self.out.write(&batch)?;
        }
        Ok(())
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<(), NotArrow> {
        Ok(self.out.into_inner()?.flush().map_err(ArrowError::from)?)
    }
}

/// Gives every row of a stream to `each`.
///
/// # Errors
/// If it is no stream of rows, or `each` fails.
pub fn each_row<E: From<NotArrow>>(
    reader: impl Read,
    mut each: impl FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    for batch in StreamReader::try_new(reader, None).map_err(NotArrow::from)? {
        let rows: Vec<Row> =
            serde_arrow::from_record_batch(&batch.map_err(NotArrow::from)?).map_err(NotArrow::from)?;
        rows.into_iter().try_for_each(&mut each)?;
    }
    Ok(())
}

/// Gives every snapshot of a stream, its path and its bytes, to `each`.
///
/// # Errors
/// If it is no stream of snapshots, or `each` fails.
pub fn each_snapshot<E: From<NotArrow>>(
    reader: impl Read,
    mut each: impl FnMut(&str, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    for batch in StreamReader::try_new(reader, None).map_err(NotArrow::from)? {
        let batch = batch.map_err(NotArrow::from)?;
        let column = |name: &str| {
            let found = batch.column_by_name(name);
            found.ok_or_else(|| {
                NotArrow::Columns(format!("there is no `{name}`; it needs `path` and `content`"))
            })
        };
        let (paths, contents) = (column("path")?, column("content")?);
        for row in 0..batch.num_rows() {
            let wrong =
                |name: &str| NotArrow::Columns(format!("`{name}` is empty or of a type that is not read"));
            let path = text(paths, row).ok_or_else(|| wrong("path"))?;
            each(path, bytes(contents, row).ok_or_else(|| wrong("content"))?)?;
        }
    }
    Ok(())
}

fn text(column: &ArrayRef, row: usize) -> Option<&str> {
    match column.data_type() {
        _ if column.is_null(row) => None,
        DataType::Utf8 => Some(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(column.as_string_view().value(row)),
        _ => None,
    }
}

fn bytes(column: &ArrayRef, row: usize) -> Option<&[u8]> {
    match column.data_type() {
        _ if column.is_null(row) => None,
        DataType::Binary => Some(column.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Some(column.as_binary::<i64>().value(row)),
        DataType::BinaryView => Some(column.as_binary_view().value(row)),
        _ => None,
    }
}

/// Writes answers.
pub struct AnswerWriter<W: Write>(StreamWriter<W>, Arc<Schema>);

impl<W: Write> AnswerWriter<W> {
    /// Begins a stream.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W) -> Result<AnswerWriter<W>, NotArrow> {
        let of = |name: &str| Field::new(name, DataType::Utf8, false);
        let schema = Arc::new(Schema::new(vec![of("job"), of("answer")]));
        Ok(AnswerWriter(StreamWriter::try_new(out, &schema)?, schema))
    }

    /// Writes one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, answer: &JobAnswer) -> Result<(), NotArrow> {
        let json = serde_json::to_string(answer).map_err(|error| NotArrow::Columns(error.to_string()))?;
        let column = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
        let batch = RecordBatch::try_new(self.1.clone(), vec![column(&answer.job), column(&json)])?;
        Ok(self.0.write(&batch)?)
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<(), NotArrow> {
        Ok(self.0.into_inner()?.flush().map_err(ArrowError::from)?)
    }
}
