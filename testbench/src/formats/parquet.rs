//! Tables as Apache Parquet: one group of rows, no compression, dictionaries.
//!
//! | column | type in the file |
//! | --- | --- |
//! | [`Kind::Text`] | `BYTE_ARRAY`, logical type `STRING` |
//! | [`Kind::Count`] | `INT64`, logical type `INTEGER(64, unsigned)` |
//! | [`Kind::Energy`] | `FIXED_LEN_BYTE_ARRAY(16)`, logical type `DECIMAL(38, 0)`: more attojoules than an `INT64` holds are 18 J |
//! | [`Kind::Real`] | `DOUBLE` |
//!
//! Every column is optional: an empty cell is a null. Promises: exact, or an error. Absent on purpose: reading (whoever
//! analyses; the tests), compression (tables are small, and each codec is another dependency).

use super::table::{Column, Kind, Table};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::sync::Arc;

/// Decimal digits of an energy.
const DIGITS: i32 = 38;
/// The first energy that has more.
const TOO_LARGE: u128 = 10_u128.pow(DIGITS as u32);

/// The file's bytes.
///
/// # Errors
/// When a row has another number of cells than there are columns, or a cell is nothing of its column's kind.
pub fn bytes(table: &Table) -> Result<Vec<u8>, String> {
    if let Some(at) = table.rows.iter().position(|row| row.len() != table.columns.len()) {
        return Err(format!("row {at} has {} cells of {}", table.rows[at].len(), table.columns.len()));
    }
    write(table).map_err(|error| match error {
        ParquetError::External(error) => error.to_string(),
        error => error.to_string(),
    })
}

fn write(table: &Table) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by(concat!("synfire ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema(table)?), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (at, column) in table.columns.iter().enumerate() {
        match column.kind {
            Kind::Text => put::<ByteArrayType>(&mut group, table, at, |cell| Some(ByteArray::from(cell)))?,
            // The bits of an unsigned number: that is what the logical type says of them.
            Kind::Count => {
                put::<Int64Type>(&mut group, table, at, |cell| Some(cell.parse::<u64>().ok()? as i64))?
            }
            Kind::Energy => put::<FixedLenByteArrayType>(&mut group, table, at, |cell| {
                let energy = cell.parse::<u128>().ok().filter(|energy| *energy < TOO_LARGE)?;
                Some(FixedLenByteArray::from(energy.to_be_bytes().to_vec()))
            })?,
            Kind::Real => put::<DoubleType>(&mut group, table, at, |cell| cell.parse().ok())?,
        }
    }
    group.close()?;
    file.into_inner()
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let field = |(at, kind): (usize, Kind)| {
        let (physical, logical) = match kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Count => (Physical::INT64, Some(LogicalType::integer(64, false))),
            Kind::Energy => (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::decimal(0, DIGITS))),
            Kind::Real => (Physical::DOUBLE, None),
        };
        let builder = Type::primitive_type_builder(&table.columns[at].name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        let builder = match kind {
            Kind::Energy => builder.with_length(16).with_precision(DIGITS).with_scale(0),
            _ => builder,
        };
        builder.build().map(Arc::new)
    };
    let kinds = table.columns.iter().map(|column| column.kind).enumerate();
    Type::group_type_builder("table").with_fields(kinds.map(field).collect::<Result<_, _>>()?).build()
}

/// Writes column `at`, whose cells `value` reads.
fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    table: &Table,
    at: usize,
    value: impl Fn(&str) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::with_capacity(table.rows.len()));
    for (number, row) in table.rows.iter().enumerate() {
        let cell = &row[at];
        levels.push(i16::from(!cell.is_empty()));
        if !cell.is_empty() {
            let Column { name, kind } = &table.columns[at];
            let misfit = || {
                ParquetError::External(
                    format!("row {number}, column `{name}`: `{cell}` is no {kind:?}").into(),
                )
            };
            values.push(value(cell).ok_or_else(misfit)?);
        }
    }
    let mut column =
        group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    column.close()
}
