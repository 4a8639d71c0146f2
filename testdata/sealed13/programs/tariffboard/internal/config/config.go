// Package config reads the service's settings.
package config

import (
	"strings"
	"time"

	"github.com/spf13/viper"
)

// Config is what can be set.
type Config struct {
	Listen   string
	Level    string
	Profiles int           // how many profiles of zones are kept
	Quotes   int           // how many quotes are kept
	Lifetime time.Duration // how long a quote is good
}

// Load reads a file; variables of the environment that begin with TARIFF_ come first.
func Load(file string) (*Config, error) {
	v := viper.New()
	v.SetConfigFile(file)
	v.SetEnvPrefix("tariff")
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	v.AutomaticEnv()
	v.SetDefault("listen", "127.0.0.1:7706")
	v.SetDefault("log.level", "info")
	v.SetDefault("zones.profiles", 2000)
	v.SetDefault("cache.quotes.lifetime", "5m")
	if err := v.ReadInConfig(); err != nil {
		return nil, err
	}
	return &Config{
		Listen:   v.GetString("listen"),
		Level:    v.GetString("log.level"),
		Profiles: v.GetInt("zones.profiles"),
		Quotes:   v.GetInt("cache.quotes.max_entries"),
		Lifetime: v.GetDuration("cache.quotes.lifetime"),
	}, nil
}
