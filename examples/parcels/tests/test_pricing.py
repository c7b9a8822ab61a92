from parcels.pricing import delivery_price, volume_weight


def test_a_small_domestic_parcel_has_the_base_price():
    assert delivery_price(800) == 495


def test_volume_weight():
    assert volume_weight(400, 300, 200) == 4_800
