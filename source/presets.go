package source

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

// Presets returns the names of the presets, sorted.
func Presets() []string {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil { // the directory is part of the program
		panic(err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Preset returns the mapping for the exports of another system. Its name is that of the preset. The error is an
// *[UnknownPresetError].
func Preset(name string) (*Mapping, error) {
	data, err := PresetFile(name)
	if err != nil {
		return nil, err
	}
	m, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("preset %s: %w", name, err)
	}
	return m, nil
}

// PresetFile returns the mapping file of a preset, with its comments. The error is an *[UnknownPresetError].
func PresetFile(name string) ([]byte, error) {
	data, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return nil, &UnknownPresetError{Name: name}
	}
	return data, nil
}

// UnknownPresetError is the error of [Preset] for a name that no preset has.
type UnknownPresetError struct {
	Name string
}

// Error returns the name, and the nearest one or all.
func (e *UnknownPresetError) Error() string {
	if near, ok := closest(e.Name, Presets()); ok {
		return fmt.Sprintf("no preset is named %q; did you mean %s?", e.Name, near)
	}
	return fmt.Sprintf("no preset is named %q; there are %s", e.Name, strings.Join(Presets(), ", "))
}
