"""The HTTP streaming inlet of an Experience Platform: messages in XDM, sent by batches."""
