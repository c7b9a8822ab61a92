from parcels.manifest import Entry, read_manifest


def test_read_manifest_leaves_out_rows_without_a_number(tmp_path):
    manifest = tmp_path / "monday.csv"
    manifest.write_text("number,grams,zone\nPX-104233-3,1200,europe\n,,\n")

    assert read_manifest(manifest) == [Entry("PX-104233-3", 1200, "europe")]
