//! Prints the database schema that the migrations make: `gen/schema.sql`.

fn main() -> Result<(), sync_store::StoreError> {
    print!("{}", sync_store::schema_sql()?);
    Ok(())
}
