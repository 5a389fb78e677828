-- The stock of devices: what goes out next, and the devices of a batch, a model or with a battery near its end.

CREATE INDEX device_batch_stock ON device (batch_id, serial_key) WHERE state = 'stock';

CREATE INDEX device_battery ON device (battery_end) WHERE battery_end IS NOT NULL;

-- counted so that the overview of the stock reads the index and no device
CREATE INDEX device_model ON device (manufacturer, model, state);
