// read OBJECT...: what cilium/ebpf makes of BPF objects, a JSON line each.
// read -attach OBJECT COMMAND...: loads an object, attaches its tracing programs, runs a command, prints the variables.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

type program struct {
	Section  string `json:"section"`
	Type     string `json:"type"`
	Attach   string `json:"attach"`
	AttachTo string `json:"attachTo"`
	Slots    uint64 `json:"slots"`
	License  string `json:"license"`
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "%+v\n", err)
	os.Exit(1)
}

func describe(path string) error {
	spec, err := ebpf.LoadCollectionSpec(path)
	if err != nil {
		return err
	}
	programs := map[string]program{}
	for name, p := range spec.Programs {
		var slots uint64
		for _, insn := range p.Instructions {
			slots += insn.Size() / 8
		}
		programs[name] = program{p.SectionName, p.Type.String(), p.AttachType.String(), p.AttachTo, slots, p.License}
	}
	maps := map[string]string{}
	for name, m := range spec.Maps {
		maps[name] = m.Type.String()
	}
	variables := map[string]uint32{}
	for name, v := range spec.Variables {
		variables[name] = v.Size()
	}
	types := 0
	if spec.Types != nil {
		for range spec.Types.All() {
			types++
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"object": path, "programs": programs, "maps": maps, "variables": variables, "types": types,
	})
}

func attach(path string, command []string) error {
	collection, err := ebpf.LoadCollection(path)
	if err != nil {
		return err
	}
	for name, p := range collection.Programs {
		if p.Type() != ebpf.Tracing {
			continue
		}
		if _, err := link.AttachTracing(link.TracingOptions{Program: p}); err != nil {
			return fmt.Errorf("attach %s: %w", name, err)
		}
	}
	if err := exec.Command(command[0], command[1:]...).Run(); err != nil {
		return err
	}
	for name, v := range collection.Variables {
		bytes := make([]byte, v.Size())
		if err := v.Get(bytes); err != nil {
			return err
		}
		fmt.Printf("{\"global\":%q,\"value\":\"%x\"}\n", name, bytes)
	}
	return nil
}

func main() {
	words := os.Args[1:]
	if len(words) > 2 && words[0] == "-attach" {
		if err := attach(words[1], words[2:]); err != nil {
			fail(err)
		}
		return
	}
	for _, path := range words {
		if err := describe(path); err != nil {
			fail(fmt.Errorf("%s: %w", path, err))
		}
	}
}
