"""The pages of a purchase, over services that answer as their contracts say."""
