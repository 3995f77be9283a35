// A framework made with the mesos-go v1 library: it launches one command task, kills it when it runs, and reports every
// step on stdout as one line, so that a test can compare them. Exit code 0 means that the task went
// STARTING, RUNNING, KILLED, that every update was acknowledged and that the framework was torn down.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	mesos "github.com/mesos/mesos-go/api/v1/lib"
	"github.com/mesos/mesos-go/api/v1/lib/encoding/codecs"
	"github.com/mesos/mesos-go/api/v1/lib/httpcli"
	"github.com/mesos/mesos-go/api/v1/lib/httpcli/httpsched"
	"github.com/mesos/mesos-go/api/v1/lib/resources"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler/calls"
)

const taskID = "mesos-go-sleeper"

func main() {
	master := flag.String("master", "127.0.0.1:5050", "host:port of the master")
	codec := flag.String("codec", codecs.NameProtobuf, "protobuf or json")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	if err := run(ctx, *master, *codec); err != nil {
		fmt.Fprintln(os.Stderr, "FAILED:", err)
		os.Exit(1)
	}
	fmt.Println("mission accomplished")
}

func run(ctx context.Context, master, codecName string) error {
	media := codecs.MediaTypeProtobuf
	if codecName == codecs.NameJSON {
		media = codecs.MediaTypeJSON
	}
	cli := httpcli.New(
		httpcli.Endpoint("http://"+master+"/api/v1/scheduler"),
		httpcli.Codec(codecs.ByMediaType[media]),
	)
	caller := httpsched.NewCaller(cli)
	failover := 60.0
	checkpoint := true
	framework := &mesos.FrameworkInfo{
		User:            "root",
		Name:            "mesos-go interop",
		FailoverTimeout: &failover,
		Checkpoint:      &checkpoint,
		Capabilities: []mesos.FrameworkInfo_Capability{
			{Type: mesos.FrameworkInfo_Capability_PARTITION_AWARE},
			{Type: mesos.FrameworkInfo_Capability_RESERVATION_REFINEMENT},
		},
	}
	resp, err := caller.Call(ctx, calls.Subscribe(framework))
	if err != nil {
		return fmt.Errorf("subscribe: %v", err)
	}
	defer resp.Close()

	s := &session{ctx: ctx, caller: caller}
	for {
		var event scheduler.Event
		if err := resp.Decode(&event); err != nil {
			return fmt.Errorf("event stream: %v", err)
		}
		done, err := s.handle(&event)
		if err != nil || done {
			return err
		}
	}
}

type session struct {
	ctx         context.Context
	caller      calls.Caller
	frameworkID string
	launched    bool
	states      []mesos.TaskState
}

func (s *session) send(call *scheduler.Call) error {
	resp, err := s.caller.Call(s.ctx, call.With(calls.Framework(s.frameworkID)))
	if resp != nil {
		resp.Close()
	}
	if err != nil {
		return fmt.Errorf("%v: %v", call.GetType(), err)
	}
	return nil
}

func (s *session) handle(event *scheduler.Event) (done bool, err error) {
	switch event.GetType() {
	case scheduler.Event_SUBSCRIBED:
		s.frameworkID = event.GetSubscribed().GetFrameworkID().GetValue()
		fmt.Println("SUBSCRIBED")
	case scheduler.Event_OFFERS:
		return false, s.offers(event.GetOffers().GetOffers())
	case scheduler.Event_UPDATE:
		status := event.GetUpdate().GetStatus()
		return s.update(&status)
	case scheduler.Event_ERROR:
		return false, fmt.Errorf("ERROR event: %s", event.GetError().GetMessage())
	}
	return false, nil
}

func (s *session) offers(offers []mesos.Offer) error {
	for _, offer := range offers {
		if s.launched {
			if err := s.send(calls.Decline(offer.ID).With(calls.RefuseSeconds(time.Hour))); err != nil {
				return err
			}
			continue
		}
		s.launched = true
		fmt.Println("OFFER", offer.Hostname, offer.URL.GetPath())
		shell := true
		command := "echo started; exec sleep 600"
		task := mesos.TaskInfo{
			Name:    "sleeper",
			TaskID:  mesos.TaskID{Value: taskID},
			AgentID: offer.AgentID,
			Command: &mesos.CommandInfo{Shell: &shell, Value: &command},
			Resources: []mesos.Resource{
				resources.NewCPUs(0.1).Resource,
				resources.NewMemory(32).Resource,
			},
		}
		accept := calls.Accept(calls.OfferOperations{calls.OpLaunch(task)}.WithOffers(offer.ID))
		if err := s.send(accept); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) update(status *mesos.TaskStatus) (done bool, err error) {
	state := status.GetState()
	fmt.Println("UPDATE", status.TaskID.Value, state, "uuid", len(status.GetUUID()))
	if status.AgentID == nil || status.Timestamp == nil || status.ContainerStatus == nil {
		return false, fmt.Errorf("the agent did not complete the status: %v", status)
	}
	s.states = append(s.states, state)
	if len(status.GetUUID()) > 0 {
		ack := calls.Acknowledge(status.GetAgentID().GetValue(), status.TaskID.Value, status.GetUUID())
		if err := s.send(ack); err != nil {
			return false, err
		}
	}
	switch state {
	case mesos.TASK_STARTING:
		return false, nil
	case mesos.TASK_RUNNING:
		return false, s.send(calls.Kill(status.TaskID.Value, status.GetAgentID().GetValue()))
	case mesos.TASK_KILLED:
		want := []mesos.TaskState{mesos.TASK_STARTING, mesos.TASK_RUNNING, mesos.TASK_KILLED}
		if fmt.Sprint(s.states) != fmt.Sprint(want) {
			return false, fmt.Errorf("states %v, want %v", s.states, want)
		}
		return true, s.send(&scheduler.Call{Type: scheduler.Call_TEARDOWN})
	}
	return false, fmt.Errorf("unexpected state %v: %s", state, status.GetMessage())
}
