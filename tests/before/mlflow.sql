BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('dc11669786a5');
CREATE TABLE "assessments" (
	assessment_id VARCHAR(50) NOT NULL, 
	trace_id VARCHAR(50) NOT NULL, 
	name VARCHAR(250) NOT NULL, 
	assessment_type VARCHAR(20) NOT NULL, 
	value TEXT NOT NULL, 
	error TEXT, 
	created_timestamp BIGINT NOT NULL, 
	last_updated_timestamp BIGINT NOT NULL, 
	source_type VARCHAR(50) NOT NULL, 
	source_id VARCHAR(250), 
	run_id VARCHAR(32), 
	span_id VARCHAR(50), 
	rationale TEXT, 
	overrides VARCHAR(50), 
	valid BOOLEAN NOT NULL, 
	assessment_metadata TEXT, 
	experiment_id INTEGER, 
	trace_timestamp_ms BIGINT, 
	aggregate_value FLOAT, 
	is_numeric_value BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT assessments_pk PRIMARY KEY (assessment_id), 
	CONSTRAINT fk_assessments_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE budget_policies (
	budget_policy_id VARCHAR(36) NOT NULL, 
	budget_unit VARCHAR(32) NOT NULL, 
	budget_amount FLOAT NOT NULL, 
	duration_unit VARCHAR(32) NOT NULL, 
	duration_value INTEGER NOT NULL, 
	target_scope VARCHAR(32) NOT NULL, 
	budget_action VARCHAR(32) NOT NULL, 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, 
	last_updated_by VARCHAR(255), 
	last_updated_at BIGINT NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, target_value VARCHAR(255), 
	CONSTRAINT budget_policies_pk PRIMARY KEY (budget_policy_id)
);
CREATE TABLE "datasets" (
	dataset_uuid VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	digest VARCHAR(36) NOT NULL, 
	dataset_source_type VARCHAR(36) NOT NULL, 
	dataset_source TEXT NOT NULL, 
	dataset_schema TEXT, 
	dataset_profile TEXT, 
	CONSTRAINT dataset_pk PRIMARY KEY (experiment_id, name, digest), 
	CONSTRAINT fk_datasets_experiment_id_experiments FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
CREATE TABLE endpoint_bindings (
	endpoint_id VARCHAR(36) NOT NULL, 
	resource_type VARCHAR(50) NOT NULL, 
	resource_id VARCHAR(255) NOT NULL, 
	created_at BIGINT NOT NULL, 
	created_by VARCHAR(255), 
	last_updated_at BIGINT NOT NULL, 
	last_updated_by VARCHAR(255), display_name VARCHAR(255), 
	CONSTRAINT endpoint_bindings_pk PRIMARY KEY (endpoint_id, resource_type, resource_id), 
	CONSTRAINT fk_endpoint_bindings_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints (endpoint_id) ON DELETE CASCADE
);
CREATE TABLE endpoint_model_mappings (
	mapping_id VARCHAR(36) NOT NULL, 
	endpoint_id VARCHAR(36) NOT NULL, 
	model_definition_id VARCHAR(36) NOT NULL, 
	weight FLOAT NOT NULL, 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, linkage_type VARCHAR(64) DEFAULT 'PRIMARY' NOT NULL, fallback_order INTEGER, 
	CONSTRAINT endpoint_model_mappings_pk PRIMARY KEY (mapping_id), 
	CONSTRAINT fk_endpoint_model_mappings_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints (endpoint_id) ON DELETE CASCADE, 
	CONSTRAINT fk_endpoint_model_mappings_model_definition_id FOREIGN KEY(model_definition_id) REFERENCES model_definitions (model_definition_id)
);
CREATE TABLE endpoint_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	endpoint_id VARCHAR(36) NOT NULL, 
	CONSTRAINT endpoint_tag_pk PRIMARY KEY ("key", endpoint_id), 
	CONSTRAINT fk_endpoint_tags_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints (endpoint_id) ON DELETE CASCADE
);
CREATE TABLE "endpoints" (
	endpoint_id VARCHAR(36) NOT NULL, 
	name VARCHAR(255), 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, 
	last_updated_by VARCHAR(255), 
	last_updated_at BIGINT NOT NULL, 
	routing_strategy VARCHAR(64), 
	fallback_config_json TEXT, 
	experiment_id INTEGER, 
	usage_tracking BOOLEAN DEFAULT '0' NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT endpoints_pk PRIMARY KEY (endpoint_id), 
	CONSTRAINT fk_endpoints_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE SET NULL, 
	CONSTRAINT uq_endpoints_workspace_name UNIQUE (workspace, name)
);
CREATE TABLE entity_associations (
	association_id VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, 
	created_time BIGINT, 
	CONSTRAINT entity_associations_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
CREATE TABLE "evaluation_dataset_records" (
	dataset_record_id VARCHAR(36) NOT NULL, 
	dataset_id VARCHAR(36) NOT NULL, 
	inputs JSON NOT NULL, 
	expectations JSON, 
	tags JSON, 
	source JSON, 
	source_id VARCHAR(36), 
	source_type VARCHAR(255), 
	created_time BIGINT, 
	last_update_time BIGINT, 
	created_by VARCHAR(255), 
	last_updated_by VARCHAR(255), 
	input_hash VARCHAR(64) NOT NULL, outputs JSON, 
	CONSTRAINT evaluation_dataset_records_pk PRIMARY KEY (dataset_record_id), 
	CONSTRAINT fk_evaluation_dataset_records_dataset_id FOREIGN KEY(dataset_id) REFERENCES evaluation_datasets (dataset_id) ON DELETE CASCADE, 
	CONSTRAINT unique_dataset_input UNIQUE (dataset_id, input_hash)
);
CREATE TABLE evaluation_dataset_tags (
	dataset_id VARCHAR(36) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	value VARCHAR(5000), 
	CONSTRAINT evaluation_dataset_tags_pk PRIMARY KEY (dataset_id, "key"), 
	CONSTRAINT fk_evaluation_dataset_tags_dataset_id FOREIGN KEY(dataset_id) REFERENCES evaluation_datasets (dataset_id) ON DELETE CASCADE
);
CREATE TABLE "evaluation_datasets" (
	dataset_id VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	schema TEXT, 
	profile TEXT, 
	digest VARCHAR(64), 
	created_time BIGINT, 
	last_update_time BIGINT, 
	created_by VARCHAR(255), 
	last_updated_by VARCHAR(255), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT evaluation_datasets_pk PRIMARY KEY (dataset_id)
);
CREATE TABLE "experiment_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value TEXT, 
	experiment_id INTEGER NOT NULL, 
	CONSTRAINT experiment_tag_pk PRIMARY KEY ("key", experiment_id), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
CREATE TABLE "experiments" (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), 
	creation_time BIGINT, 
	last_update_time BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)
);
INSERT INTO "experiments" VALUES(0,'Default','artifacts/0','active',1795600313289,1795600313289,'default');
INSERT INTO "experiments" VALUES(1,'shapes','artifacts/1','active',1795600313315,1795600313315,'default');
CREATE TABLE guardrail_configs (
	endpoint_id VARCHAR(36) NOT NULL, 
	guardrail_id VARCHAR(36) NOT NULL, 
	execution_order INTEGER, 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT guardrail_configs_pk PRIMARY KEY (endpoint_id, guardrail_id), 
	CONSTRAINT fk_guardrail_configs_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints (endpoint_id) ON DELETE CASCADE, 
	CONSTRAINT fk_guardrail_configs_guardrail_id FOREIGN KEY(guardrail_id) REFERENCES guardrails (guardrail_id) ON DELETE CASCADE
);
CREATE TABLE guardrails (
	guardrail_id VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	scorer_id VARCHAR(36) NOT NULL, 
	scorer_version INTEGER NOT NULL, 
	stage VARCHAR(32) NOT NULL, 
	action VARCHAR(32) NOT NULL, 
	action_endpoint_id VARCHAR(36), 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, 
	last_updated_by VARCHAR(255), 
	last_updated_at BIGINT NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT guardrails_pk PRIMARY KEY (guardrail_id), 
	CONSTRAINT fk_guardrails_scorer_version FOREIGN KEY(scorer_id, scorer_version) REFERENCES scorer_versions (scorer_id, scorer_version), 
	CONSTRAINT fk_guardrails_action_endpoint_id FOREIGN KEY(action_endpoint_id) REFERENCES endpoints (endpoint_id) ON DELETE SET NULL
);
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
CREATE TABLE issues (
	issue_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(250) NOT NULL, 
	description TEXT NOT NULL, 
	status VARCHAR(50) NOT NULL, 
	severity VARCHAR(50), 
	root_causes TEXT, 
	source_run_id VARCHAR(32), 
	categories TEXT, 
	created_timestamp BIGINT NOT NULL, 
	last_updated_timestamp BIGINT NOT NULL, 
	created_by VARCHAR(255), 
	CONSTRAINT issues_pk PRIMARY KEY (issue_id), 
	CONSTRAINT fk_issues_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE, 
	CONSTRAINT fk_issues_source_run_id FOREIGN KEY(source_run_id) REFERENCES runs (run_uuid) ON DELETE SET NULL
);
CREATE TABLE job_locks (
	lock_key VARCHAR(255) NOT NULL, 
	job_id VARCHAR(36) NOT NULL, 
	acquired_at BIGINT NOT NULL, 
	CONSTRAINT job_locks_pk PRIMARY KEY (lock_key), 
	CONSTRAINT fk_job_locks_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
CREATE TABLE "jobs" (
	id VARCHAR(36) NOT NULL, 
	creation_time BIGINT NOT NULL, 
	job_name VARCHAR(500) NOT NULL, 
	params TEXT NOT NULL, 
	timeout FLOAT, 
	status INTEGER NOT NULL, 
	result TEXT, 
	retry_count INTEGER NOT NULL, 
	last_update_time BIGINT NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, status_details JSON, creator VARCHAR(255), executor_backend VARCHAR(255), lease_expires_at BIGINT, status_message TEXT, progress JSON, progress_updated_at BIGINT, token_hash VARCHAR(64), scoped_permissions JSON, next_attempt_at BIGINT, 
	CONSTRAINT jobs_pk PRIMARY KEY (id)
);
CREATE TABLE label_schemas (
	schema_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(250) NOT NULL, 
	type VARCHAR(16) NOT NULL, 
	instruction TEXT, 
	enable_comment BOOLEAN DEFAULT '0' NOT NULL, 
	input_type VARCHAR(32) NOT NULL, 
	input_config TEXT NOT NULL, 
	created_by VARCHAR(255), 
	created_time BIGINT NOT NULL, 
	last_update_time BIGINT NOT NULL, 
	is_default BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT label_schemas_pk PRIMARY KEY (schema_id), 
	CONSTRAINT fk_label_schemas_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE, 
	CONSTRAINT uq_label_schemas_exp_name UNIQUE (experiment_id, name)
);
CREATE TABLE "latest_metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT, 
	step BIGINT NOT NULL, 
	is_nan BOOLEAN NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT latest_metric_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "latest_metrics" VALUES('loss',0.28891695,1795600317988,5,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600317988,5,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('val_loss',0.17045692,1795600317988,5,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('val_accuracy',1.0,1795600317988,5,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.01,1795600317988,5,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',1.0,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',1.0,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.6666666666666668517e-01,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.17045692,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.17045692,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600317988,0,0,'34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "latest_metrics" VALUES('loss',0.28832313,1795600317990,5,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600317990,5,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('val_loss',0.22104274,1795600317990,5,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('val_accuracy',9.25925925925925930037e-01,1795600317990,5,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.005,1795600317990,5,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',9.25925925925925930037e-01,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',9.25925925925925930037e-01,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.48148148148148139924e-01,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.22104274,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.22104274,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600317990,0,0,'52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "latest_metrics" VALUES('loss',0.2913034,1795600317993,5,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('accuracy',9.20634920634920583815e-01,1795600317993,5,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('val_loss',0.28295195,1795600317993,5,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600317993,5,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('learning_rate',6.70320046035639306725e-03,1795600317993,5,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',8.51851851851851860075e-01,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('best_epoch',4.0,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.85185185185185174905e-01,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.28295195,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.28295195,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.51851851851851860075e-01,1795600317993,0,0,'f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "latest_metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600317994,5,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317994,5,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('learning_rate',1.0e+38,1795600317994,5,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',3.33333333333333314829e-01,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',3.33333333333333314829e-01,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('best_epoch',1.0,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',1.0,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',0.0,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('test_accuracy',3.33333333333333314829e-01,1795600317994,0,0,'1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "latest_metrics" VALUES('loss',0.29953864,1795600318044,5,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('accuracy',9.52380952380952328084e-01,1795600318044,5,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('val_loss',0.19428828,1795600318044,5,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600318044,5,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.01,1795600318044,5,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',9.62962962962962909507e-01,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.94444444444444419772e-01,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.19428828,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.19428828,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('test_accuracy',9.25925925925925930037e-01,1795600318044,0,0,'34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "latest_metrics" VALUES('loss',0.32105,1795600318046,5,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('accuracy',9.36507936507936511461e-01,1795600318046,5,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('val_loss',0.24894208,1795600318046,5,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600318046,5,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.005,1795600318046,5,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',9.62962962962962909507e-01,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.94444444444444419772e-01,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.24894208,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.24894208,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('test_accuracy',9.25925925925925930037e-01,1795600318046,0,0,'ce3211bb12b642e383a9937951ad018c');
INSERT INTO "latest_metrics" VALUES('loss',0.32469708,1795600318047,5,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('accuracy',9.44444444444444419772e-01,1795600318047,5,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('val_loss',0.27815652,1795600318047,5,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600318047,5,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('learning_rate',6.70320046035639306725e-03,1795600318047,5,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',9.62962962962962909507e-01,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',4.0,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.57407407407407412547e-01,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.27815652,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.27815652,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('test_accuracy',9.25925925925925930037e-01,1795600318047,0,0,'151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "latest_metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318048,5,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318048,5,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('learning_rate',1.0e+38,1795600318048,5,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',3.33333333333333314829e-01,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',3.33333333333333314829e-01,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('best_epoch',1.0,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',1.0,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',0.0,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('test_accuracy',3.33333333333333314829e-01,1795600318048,0,0,'d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "latest_metrics" VALUES('loss',0.43804705,1795600318102,5,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('accuracy',7.77777777777777790113e-01,1795600318102,5,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('val_loss',0.49624527,1795600318102,5,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('val_accuracy',7.77777777777777790113e-01,1795600318102,5,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.01,1795600318102,5,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',7.77777777777777790113e-01,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',7.77777777777777790113e-01,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',4.0,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.29629629629629622433e-01,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.49624527,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.49624527,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('test_accuracy',7.77777777777777790113e-01,1795600318102,0,0,'53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "latest_metrics" VALUES('loss',0.40863279,1795600318103,5,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('accuracy',8.09523809523809534383e-01,1795600318103,5,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('val_loss',0.44264093,1795600318103,5,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('val_accuracy',8.14814814814814769583e-01,1795600318103,5,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.005,1795600318103,5,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',8.14814814814814769583e-01,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',8.14814814814814769583e-01,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.38888888888888867301e-01,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.44264093,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.44264093,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600318103,0,0,'285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "latest_metrics" VALUES('loss',0.4051017,1795600318104,5,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('accuracy',8.49206349206349186964e-01,1795600318104,5,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('val_loss',0.5110642,1795600318104,5,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('val_accuracy',7.40740740740740699621e-01,1795600318104,5,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('learning_rate',6.70320046035639306725e-03,1795600318104,5,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',7.40740740740740699621e-01,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',8.51851851851851860075e-01,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('best_epoch',4.0,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.75925925925925930037e-01,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.37902635,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.5110642,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',1.3203784999999995664e-01,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.14814814814814769583e-01,1795600318104,0,0,'7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "latest_metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318105,5,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318105,5,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('learning_rate',1.0e+38,1795600318105,5,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',3.33333333333333314829e-01,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',3.33333333333333314829e-01,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('best_epoch',1.0,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',1.0,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',0.0,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('test_accuracy',3.33333333333333314829e-01,1795600318105,0,0,'ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "latest_metrics" VALUES('loss',0.34438646,1795600327233,5,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('accuracy',9.28571428571428603149e-01,1795600327233,5,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('val_loss',0.32173035,1795600327233,5,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('val_accuracy',1.0,1795600327233,5,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('learning_rate',3.01194211912202136627e-03,1795600327233,5,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',1.0,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',1.0,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',2.03703703703703692395e-01,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.32173035,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.32173035,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',8.16760440000052767572e-01,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.63352088000010553514e-01,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600327233,0,0,'cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "latest_metrics" VALUES('loss',0.28891695,1795600334353,5,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600334353,5,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('val_loss',0.17045692,1795600334353,5,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('val_accuracy',1.0,1795600334353,5,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.01,1795600334353,5,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',1.0,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',1.0,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.6666666666666668517e-01,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.17045692,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.17045692,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',8.21252632999971865501e-01,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.64250526599994367549e-01,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600334353,0,0,'0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "latest_metrics" VALUES('loss',0.9450222,1795600341602,5,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('accuracy',7.22222222222222209886e-01,1795600341602,5,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('val_loss',0.9340168,1795600341602,5,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600341602,5,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('learning_rate',0.01,1795600341602,5,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('final_val_accuracy',6.66666666666666629659e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('best_val_accuracy',6.66666666666666629659e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('best_epoch',5.0,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('convergence_epoch',5.0,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('val_accuracy_roughness',1.29629629629629622433e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('best_val_loss',0.9340168,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('final_val_loss',0.9340168,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('val_loss_rise',0.0,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('wall_clock_seconds',5.97032968999997137871e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('seconds_per_epoch',1.19406593799999433125e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
INSERT INTO "latest_metrics" VALUES('test_accuracy',7.03703703703703720151e-01,1795600341602,0,0,'95a86293fa1349ae8787771c3839efa0');
CREATE TABLE logged_model_metrics (
	model_id VARCHAR(36) NOT NULL, 
	metric_name VARCHAR(500) NOT NULL, 
	metric_timestamp_ms BIGINT NOT NULL, 
	metric_step BIGINT NOT NULL, 
	metric_value FLOAT, 
	experiment_id INTEGER NOT NULL, 
	run_id VARCHAR(32) NOT NULL, 
	dataset_uuid VARCHAR(36), 
	dataset_name VARCHAR(500), 
	dataset_digest VARCHAR(36), 
	CONSTRAINT logged_model_metrics_pk PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step, run_id), 
	CONSTRAINT fk_logged_model_metrics_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_metrics_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE, 
	CONSTRAINT fk_logged_model_metrics_run_id FOREIGN KEY(run_id) REFERENCES runs (run_uuid) ON DELETE CASCADE
);
CREATE TABLE logged_model_params (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	param_key VARCHAR(255) NOT NULL, 
	param_value TEXT NOT NULL, 
	CONSTRAINT logged_model_params_pk PRIMARY KEY (model_id, param_key), 
	CONSTRAINT fk_logged_model_params_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_params_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
CREATE TABLE logged_model_tags (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	tag_key VARCHAR(255) NOT NULL, 
	tag_value TEXT NOT NULL, 
	CONSTRAINT logged_model_tags_pk PRIMARY KEY (model_id, tag_key), 
	CONSTRAINT fk_logged_model_tags_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_tags_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
CREATE TABLE logged_models (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	artifact_location VARCHAR(1000) NOT NULL, 
	creation_timestamp_ms BIGINT NOT NULL, 
	last_updated_timestamp_ms BIGINT NOT NULL, 
	status INTEGER NOT NULL, 
	lifecycle_stage VARCHAR(32), 
	model_type VARCHAR(500), 
	source_run_id VARCHAR(32), 
	status_message VARCHAR(1000), 
	CONSTRAINT logged_models_pk PRIMARY KEY (model_id), 
	CONSTRAINT logged_models_lifecycle_stage_check CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT fk_logged_models_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
CREATE TABLE mcp_access_endpoints (
	id VARCHAR(36) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	server_name VARCHAR(256) NOT NULL, 
	server_version VARCHAR(128), 
	server_alias VARCHAR(256), 
	url VARCHAR(2048) NOT NULL, 
	transport_type VARCHAR(32) DEFAULT 'streamable-http' NOT NULL, 
	created_by VARCHAR(256), 
	last_updated_by VARCHAR(256), 
	created_at BIGINT NOT NULL, 
	last_updated_at BIGINT NOT NULL, 
	CONSTRAINT mcp_access_endpoints_pk PRIMARY KEY (id), 
	CONSTRAINT mcp_access_endpoints_server_fkey FOREIGN KEY(workspace, server_name) REFERENCES mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_server_aliases (
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	alias VARCHAR(256) NOT NULL, 
	version VARCHAR(128) NOT NULL, 
	CONSTRAINT mcp_server_aliases_pk PRIMARY KEY (workspace, name, alias), 
	CONSTRAINT mcp_server_aliases_server_fkey FOREIGN KEY(workspace, name) REFERENCES mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_server_tags (
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	CONSTRAINT mcp_server_tags_pk PRIMARY KEY (workspace, name, "key"), 
	CONSTRAINT mcp_server_tags_server_fkey FOREIGN KEY(workspace, name) REFERENCES mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_server_version_tags (
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	version VARCHAR(128) NOT NULL, 
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	CONSTRAINT mcp_server_version_tags_pk PRIMARY KEY (workspace, name, version, "key"), 
	CONSTRAINT mcp_server_version_tags_version_fkey FOREIGN KEY(workspace, name, version) REFERENCES mcp_server_versions (workspace, name, version) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_server_versions (
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	version VARCHAR(128) NOT NULL, 
	version_major INTEGER NOT NULL, 
	version_minor INTEGER NOT NULL, 
	version_patch INTEGER NOT NULL, 
	version_prerelease_sort_key VARCHAR(512) NOT NULL, 
	server_json JSON NOT NULL, 
	status VARCHAR(20) DEFAULT 'draft' NOT NULL, 
	tools JSON, 
	source VARCHAR(512), 
	connect_options JSON, 
	created_by VARCHAR(256), 
	last_updated_by VARCHAR(256), 
	created_at BIGINT NOT NULL, 
	last_updated_at BIGINT NOT NULL, 
	CONSTRAINT mcp_server_versions_pk PRIMARY KEY (workspace, name, version), 
	CONSTRAINT mcp_server_versions_server_fkey FOREIGN KEY(workspace, name) REFERENCES mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_servers (
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	display_name VARCHAR(256), 
	description TEXT, 
	icons JSON, 
	created_by VARCHAR(256), 
	last_updated_by VARCHAR(256), 
	created_at BIGINT NOT NULL, 
	last_updated_at BIGINT NOT NULL, 
	CONSTRAINT mcp_servers_pk PRIMARY KEY (workspace, name)
);
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "metrics" VALUES('loss',1.5436137,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',1,0);
INSERT INTO "metrics" VALUES('accuracy',5.47619047619047671915e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.3645902,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',1,0);
INSERT INTO "metrics" VALUES('loss',0.92819107,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.23809523809523835957e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.8632314,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',2,0);
INSERT INTO "metrics" VALUES('loss',0.5455666,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',3,0);
INSERT INTO "metrics" VALUES('accuracy',7.77777777777777790113e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.46941504,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.77777777777777790113e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',3,0);
INSERT INTO "metrics" VALUES('loss',0.38979483,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.25396825396825351006e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.34618914,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.14814814814814769583e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',4,0);
INSERT INTO "metrics" VALUES('loss',0.28891695,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',5,0);
INSERT INTO "metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.17045692,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',1.0,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',1.0,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',1.0,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.6666666666666668517e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.17045692,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.17045692,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600317988,'34156dbdcaf14a05a5bf89842e1af591',0,0);
INSERT INTO "metrics" VALUES('loss',1.5436137,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',1,0);
INSERT INTO "metrics" VALUES('accuracy',5.47619047619047671915e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.3645902,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',1,0);
INSERT INTO "metrics" VALUES('loss',0.92819107,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.23809523809523835957e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.8632314,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',2,0);
INSERT INTO "metrics" VALUES('loss',0.5455666,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',3,0);
INSERT INTO "metrics" VALUES('accuracy',7.77777777777777790113e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.46941504,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.77777777777777790113e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',3,0);
INSERT INTO "metrics" VALUES('loss',0.38979483,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.25396825396825351006e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.34618914,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.14814814814814769583e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',4,0);
INSERT INTO "metrics" VALUES('loss',0.28832313,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',5,0);
INSERT INTO "metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.22104274,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.25925925925925930037e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.005,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',9.25925925925925930037e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',9.25925925925925930037e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.48148148148148139924e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.22104274,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.22104274,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600317990,'52ae1f1c183c44d2b8cb5974de884103',0,0);
INSERT INTO "metrics" VALUES('loss',1.5436137,1795600317993,'f493e25f71c449068f3f18a6013cb39b',1,0);
INSERT INTO "metrics" VALUES('accuracy',5.47619047619047671915e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.3645902,1795600317993,'f493e25f71c449068f3f18a6013cb39b',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',1,0);
INSERT INTO "metrics" VALUES('loss',0.92708933,1795600317993,'f493e25f71c449068f3f18a6013cb39b',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.39682539682539652581e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.88297343,1795600317993,'f493e25f71c449068f3f18a6013cb39b',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',2,0);
INSERT INTO "metrics" VALUES('learning_rate',9.04837418035959496764e-03,1795600317993,'f493e25f71c449068f3f18a6013cb39b',2,0);
INSERT INTO "metrics" VALUES('loss',0.5812585,1795600317993,'f493e25f71c449068f3f18a6013cb39b',3,0);
INSERT INTO "metrics" VALUES('accuracy',7.69841269841269881801e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.40258846,1795600317993,'f493e25f71c449068f3f18a6013cb39b',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',3,0);
INSERT INTO "metrics" VALUES('learning_rate',8.18730753077981897314e-03,1795600317993,'f493e25f71c449068f3f18a6013cb39b',3,0);
INSERT INTO "metrics" VALUES('loss',0.4367505,1795600317993,'f493e25f71c449068f3f18a6013cb39b',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.09523809523809534383e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.2876985,1795600317993,'f493e25f71c449068f3f18a6013cb39b',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',4,0);
INSERT INTO "metrics" VALUES('learning_rate',7.40818220681717896913e-03,1795600317993,'f493e25f71c449068f3f18a6013cb39b',4,0);
INSERT INTO "metrics" VALUES('loss',0.2913034,1795600317993,'f493e25f71c449068f3f18a6013cb39b',5,0);
INSERT INTO "metrics" VALUES('accuracy',9.20634920634920583815e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.28295195,1795600317993,'f493e25f71c449068f3f18a6013cb39b',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',5,0);
INSERT INTO "metrics" VALUES('learning_rate',6.70320046035639306725e-03,1795600317993,'f493e25f71c449068f3f18a6013cb39b',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',8.51851851851851860075e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('best_epoch',4.0,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.85185185185185174905e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.28295195,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.28295195,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.51851851851851860075e-01,1795600317993,'f493e25f71c449068f3f18a6013cb39b',0,0);
INSERT INTO "metrics" VALUES('accuracy',3.0158730158730157056e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',1,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',2,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',2,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',3,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',3,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',4,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',4,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',5,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('best_epoch',1.0,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',1.0,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',0.0,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',2.02367464999980484208e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',0.0404734929999961,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',3.33333333333333314829e-01,1795600317994,'1e1fe08ac76549f9a15701dd9b3e7f3d',0,0);
INSERT INTO "metrics" VALUES('loss',1.5856725,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',1,0);
INSERT INTO "metrics" VALUES('accuracy',4.36507936507936511461e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.1027125,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',1,0);
INSERT INTO "metrics" VALUES('loss',0.98927635,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',2,0);
INSERT INTO "metrics" VALUES('accuracy',4.44444444444444419772e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.5907487,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',2,0);
INSERT INTO "metrics" VALUES('loss',0.5180776,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',3,0);
INSERT INTO "metrics" VALUES('accuracy',7.85714285714285698425e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.3883472,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.25925925925925930037e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',3,0);
INSERT INTO "metrics" VALUES('loss',0.3568921,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.42658874,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',4,0);
INSERT INTO "metrics" VALUES('loss',0.29953864,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',5,0);
INSERT INTO "metrics" VALUES('accuracy',9.52380952380952328084e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.19428828,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',9.62962962962962909507e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.94444444444444419772e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.19428828,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.19428828,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',9.25925925925925930037e-01,1795600318044,'34b4f015913f4abdbae4baacd9afbdf9',0,0);
INSERT INTO "metrics" VALUES('loss',1.5856725,1795600318046,'ce3211bb12b642e383a9937951ad018c',1,0);
INSERT INTO "metrics" VALUES('accuracy',4.36507936507936511461e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.1027125,1795600318046,'ce3211bb12b642e383a9937951ad018c',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318046,'ce3211bb12b642e383a9937951ad018c',1,0);
INSERT INTO "metrics" VALUES('loss',0.98927635,1795600318046,'ce3211bb12b642e383a9937951ad018c',2,0);
INSERT INTO "metrics" VALUES('accuracy',4.44444444444444419772e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.5907487,1795600318046,'ce3211bb12b642e383a9937951ad018c',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318046,'ce3211bb12b642e383a9937951ad018c',2,0);
INSERT INTO "metrics" VALUES('loss',0.5180776,1795600318046,'ce3211bb12b642e383a9937951ad018c',3,0);
INSERT INTO "metrics" VALUES('accuracy',7.85714285714285698425e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.3883472,1795600318046,'ce3211bb12b642e383a9937951ad018c',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.25925925925925930037e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318046,'ce3211bb12b642e383a9937951ad018c',3,0);
INSERT INTO "metrics" VALUES('loss',0.3568921,1795600318046,'ce3211bb12b642e383a9937951ad018c',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.42658874,1795600318046,'ce3211bb12b642e383a9937951ad018c',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318046,'ce3211bb12b642e383a9937951ad018c',4,0);
INSERT INTO "metrics" VALUES('loss',0.32105,1795600318046,'ce3211bb12b642e383a9937951ad018c',5,0);
INSERT INTO "metrics" VALUES('accuracy',9.36507936507936511461e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.24894208,1795600318046,'ce3211bb12b642e383a9937951ad018c',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.005,1795600318046,'ce3211bb12b642e383a9937951ad018c',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',9.62962962962962909507e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.94444444444444419772e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.24894208,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.24894208,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',9.25925925925925930037e-01,1795600318046,'ce3211bb12b642e383a9937951ad018c',0,0);
INSERT INTO "metrics" VALUES('loss',1.5856725,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',1,0);
INSERT INTO "metrics" VALUES('accuracy',4.36507936507936511461e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.1027125,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',1,0);
INSERT INTO "metrics" VALUES('loss',0.98466843,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',2,0);
INSERT INTO "metrics" VALUES('accuracy',4.52380952380952383595e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.60938406,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',2,0);
INSERT INTO "metrics" VALUES('learning_rate',9.04837418035959496764e-03,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',2,0);
INSERT INTO "metrics" VALUES('loss',0.5267232,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',3,0);
INSERT INTO "metrics" VALUES('accuracy',0.753968253968254,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.4543612,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',3,0);
INSERT INTO "metrics" VALUES('learning_rate',8.18730753077981897314e-03,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',3,0);
INSERT INTO "metrics" VALUES('loss',0.39595753,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.25396825396825351006e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.37456462,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.25925925925925930037e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',4,0);
INSERT INTO "metrics" VALUES('learning_rate',7.40818220681717896913e-03,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',4,0);
INSERT INTO "metrics" VALUES('loss',0.32469708,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',5,0);
INSERT INTO "metrics" VALUES('accuracy',9.44444444444444419772e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.27815652,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',5,0);
INSERT INTO "metrics" VALUES('learning_rate',6.70320046035639306725e-03,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',9.62962962962962909507e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',9.62962962962962909507e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',4.0,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.57407407407407412547e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.27815652,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.27815652,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',9.25925925925925930037e-01,1795600318047,'151fd2c5c0b246c9bc789e93f1c5f33c',0,0);
INSERT INTO "metrics" VALUES('accuracy',3.09523809523809534383e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',1,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',2,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',2,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',3,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',3,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',4,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',4,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',5,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('best_epoch',1.0,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',1.0,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',0.0,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',3.78926199999796153861e-03,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',7.57852399999592307722e-04,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',3.33333333333333314829e-01,1795600318048,'d8d479b8605343f4a9dee664b86d8e36',0,0);
INSERT INTO "metrics" VALUES('loss',2.1444817,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.17460317460317442694e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',1,0);
INSERT INTO "metrics" VALUES('val_loss',0.89665675,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.29629629629629650189e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',1,0);
INSERT INTO "metrics" VALUES('loss',1.5185927,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.23809523809523835957e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',2,0);
INSERT INTO "metrics" VALUES('val_loss',1.1417387,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',2,0);
INSERT INTO "metrics" VALUES('loss',0.77435756,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',3,0);
INSERT INTO "metrics" VALUES('accuracy',6.66666666666666629659e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.9657489,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',4.81481481481481454753e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',3,0);
INSERT INTO "metrics" VALUES('loss',0.64305097,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',4,0);
INSERT INTO "metrics" VALUES('accuracy',6.90476190476190465616e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.50322765,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.40740740740740699621e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',4,0);
INSERT INTO "metrics" VALUES('loss',0.43804705,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',5,0);
INSERT INTO "metrics" VALUES('accuracy',7.77777777777777790113e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.49624527,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.77777777777777790113e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',7.77777777777777790113e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',7.77777777777777790113e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',4.0,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.29629629629629622433e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.49624527,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.49624527,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',7.77777777777777790113e-01,1795600318102,'53cb6767fffd40bc8a161182eaeb47c4',0,0);
INSERT INTO "metrics" VALUES('loss',2.1444817,1795600318103,'285bd5d62b774ffab4a284f65104ff75',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.17460317460317442694e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',1,0);
INSERT INTO "metrics" VALUES('val_loss',0.89665675,1795600318103,'285bd5d62b774ffab4a284f65104ff75',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.29629629629629650189e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',1,0);
INSERT INTO "metrics" VALUES('loss',1.5185927,1795600318103,'285bd5d62b774ffab4a284f65104ff75',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.23809523809523835957e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',2,0);
INSERT INTO "metrics" VALUES('val_loss',1.1417387,1795600318103,'285bd5d62b774ffab4a284f65104ff75',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',2,0);
INSERT INTO "metrics" VALUES('loss',0.77435756,1795600318103,'285bd5d62b774ffab4a284f65104ff75',3,0);
INSERT INTO "metrics" VALUES('accuracy',6.66666666666666629659e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.9657489,1795600318103,'285bd5d62b774ffab4a284f65104ff75',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',4.81481481481481454753e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',3,0);
INSERT INTO "metrics" VALUES('loss',0.64305097,1795600318103,'285bd5d62b774ffab4a284f65104ff75',4,0);
INSERT INTO "metrics" VALUES('accuracy',6.90476190476190465616e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.50322765,1795600318103,'285bd5d62b774ffab4a284f65104ff75',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.40740740740740699621e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',4,0);
INSERT INTO "metrics" VALUES('loss',0.40863279,1795600318103,'285bd5d62b774ffab4a284f65104ff75',5,0);
INSERT INTO "metrics" VALUES('accuracy',8.09523809523809534383e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.44264093,1795600318103,'285bd5d62b774ffab4a284f65104ff75',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.14814814814814769583e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.005,1795600318103,'285bd5d62b774ffab4a284f65104ff75',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',8.14814814814814769583e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',8.14814814814814769583e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.38888888888888867301e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.44264093,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.44264093,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600318103,'285bd5d62b774ffab4a284f65104ff75',0,0);
INSERT INTO "metrics" VALUES('loss',2.1444817,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.17460317460317442694e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',1,0);
INSERT INTO "metrics" VALUES('val_loss',0.89665675,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.29629629629629650189e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',1,0);
INSERT INTO "metrics" VALUES('loss',1.4468144,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.31746031746031744269e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',2,0);
INSERT INTO "metrics" VALUES('val_loss',1.1140645,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',2,0);
INSERT INTO "metrics" VALUES('learning_rate',9.04837418035959496764e-03,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',2,0);
INSERT INTO "metrics" VALUES('loss',0.73288256,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',3,0);
INSERT INTO "metrics" VALUES('accuracy',6.82539682539682557305e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.88450193,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',4.81481481481481454753e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',3,0);
INSERT INTO "metrics" VALUES('learning_rate',8.18730753077981897314e-03,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',3,0);
INSERT INTO "metrics" VALUES('loss',0.69252825,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',4,0);
INSERT INTO "metrics" VALUES('accuracy',6.34920634920634885389e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.37902635,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.51851851851851860075e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',4,0);
INSERT INTO "metrics" VALUES('learning_rate',7.40818220681717896913e-03,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',4,0);
INSERT INTO "metrics" VALUES('loss',0.4051017,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',5,0);
INSERT INTO "metrics" VALUES('accuracy',8.49206349206349186964e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.5110642,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.40740740740740699621e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',5,0);
INSERT INTO "metrics" VALUES('learning_rate',6.70320046035639306725e-03,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',7.40740740740740699621e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',8.51851851851851860075e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('best_epoch',4.0,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.75925925925925930037e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.37902635,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.5110642,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',1.3203784999999995664e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.14814814814814769583e-01,1795600318104,'7a119e022ecc43feb842e2dcf542bbe4',0,0);
INSERT INTO "metrics" VALUES('accuracy',3.57142857142857150787e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',1,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318105,'ca6b1be6e5994965818aa0a983888c78',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',2,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318105,'ca6b1be6e5994965818aa0a983888c78',2,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',3,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318105,'ca6b1be6e5994965818aa0a983888c78',3,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',4,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318105,'ca6b1be6e5994965818aa0a983888c78',4,0);
INSERT INTO "metrics" VALUES('accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',5,0);
INSERT INTO "metrics" VALUES('learning_rate',1.0e+38,1795600318105,'ca6b1be6e5994965818aa0a983888c78',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('best_epoch',1.0,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',1.0,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',0.0,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',7.36707099997602199437e-03,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.4734141999952043555e-03,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',3.33333333333333314829e-01,1795600318105,'ca6b1be6e5994965818aa0a983888c78',0,0);
INSERT INTO "metrics" VALUES('loss',1.5436137,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',1,0);
INSERT INTO "metrics" VALUES('accuracy',5.47619047619047671915e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.3645902,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',1,0);
INSERT INTO "metrics" VALUES('loss',0.9278297,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.55555555555555580227e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.88380855,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',2,0);
INSERT INTO "metrics" VALUES('learning_rate',7.40818220681717896913e-03,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',2,0);
INSERT INTO "metrics" VALUES('loss',0.6686861,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',3,0);
INSERT INTO "metrics" VALUES('accuracy',6.90476190476190465616e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.37354016,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',9.62962962962962909507e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',3,0);
INSERT INTO "metrics" VALUES('learning_rate',5.48811636094026413651e-03,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',3,0);
INSERT INTO "metrics" VALUES('loss',0.4340199,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.41269841269841278652e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.40809715,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.88888888888888839545e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',4,0);
INSERT INTO "metrics" VALUES('learning_rate',4.06569659740599158304e-03,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',4,0);
INSERT INTO "metrics" VALUES('loss',0.34438646,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',5,0);
INSERT INTO "metrics" VALUES('accuracy',9.28571428571428603149e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.32173035,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',1.0,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',5,0);
INSERT INTO "metrics" VALUES('learning_rate',3.01194211912202136627e-03,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',1.0,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',1.0,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',2.03703703703703692395e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.32173035,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.32173035,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',8.16760440000052767572e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.63352088000010553514e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600327233,'cbb21c8ae9054bd0aa00d81d15151fbf',0,0);
INSERT INTO "metrics" VALUES('loss',1.5436137,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',1,0);
INSERT INTO "metrics" VALUES('accuracy',5.47619047619047671915e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.3645902,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.33333333333333314829e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',1,0);
INSERT INTO "metrics" VALUES('loss',0.92819107,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',2,0);
INSERT INTO "metrics" VALUES('accuracy',5.23809523809523835957e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',2,0);
INSERT INTO "metrics" VALUES('val_loss',0.8632314,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',2,0);
INSERT INTO "metrics" VALUES('loss',0.5455666,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',3,0);
INSERT INTO "metrics" VALUES('accuracy',7.77777777777777790113e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',3,0);
INSERT INTO "metrics" VALUES('val_loss',0.46941504,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',7.77777777777777790113e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',3,0);
INSERT INTO "metrics" VALUES('loss',0.38979483,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',4,0);
INSERT INTO "metrics" VALUES('accuracy',8.25396825396825351006e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.34618914,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',8.14814814814814769583e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',4,0);
INSERT INTO "metrics" VALUES('loss',0.28891695,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',5,0);
INSERT INTO "metrics" VALUES('accuracy',8.96825396825396858879e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.17045692,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',1.0,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',1.0,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',1.0,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.6666666666666668517e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.17045692,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.17045692,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',8.21252632999971865501e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.64250526599994367549e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',8.88888888888888839545e-01,1795600334353,'0153f1294c0d4f3cba8a52cb273f47d1',0,0);
INSERT INTO "metrics" VALUES('loss',1.1816299,1795600341602,'95a86293fa1349ae8787771c3839efa0',1,0);
INSERT INTO "metrics" VALUES('accuracy',3.0158730158730157056e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',1,0);
INSERT INTO "metrics" VALUES('val_loss',1.1359276,1795600341602,'95a86293fa1349ae8787771c3839efa0',1,0);
INSERT INTO "metrics" VALUES('val_accuracy',2.96296296296296279848e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',1,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600341602,'95a86293fa1349ae8787771c3839efa0',1,0);
INSERT INTO "metrics" VALUES('loss',1.1111784,1795600341602,'95a86293fa1349ae8787771c3839efa0',2,0);
INSERT INTO "metrics" VALUES('accuracy',3.57142857142857150787e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',2,0);
INSERT INTO "metrics" VALUES('val_loss',1.0857366,1795600341602,'95a86293fa1349ae8787771c3839efa0',2,0);
INSERT INTO "metrics" VALUES('val_accuracy',4.44444444444444419772e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',2,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600341602,'95a86293fa1349ae8787771c3839efa0',2,0);
INSERT INTO "metrics" VALUES('loss',1.0508887,1795600341602,'95a86293fa1349ae8787771c3839efa0',3,0);
INSERT INTO "metrics" VALUES('accuracy',4.28571428571428547638e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',3,0);
INSERT INTO "metrics" VALUES('val_loss',1.0679288,1795600341602,'95a86293fa1349ae8787771c3839efa0',3,0);
INSERT INTO "metrics" VALUES('val_accuracy',3.7037037037037034981e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',3,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600341602,'95a86293fa1349ae8787771c3839efa0',3,0);
INSERT INTO "metrics" VALUES('loss',1.0280449,1795600341602,'95a86293fa1349ae8787771c3839efa0',4,0);
INSERT INTO "metrics" VALUES('accuracy',4.76190476190476164042e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',4,0);
INSERT INTO "metrics" VALUES('val_loss',0.97791964,1795600341602,'95a86293fa1349ae8787771c3839efa0',4,0);
INSERT INTO "metrics" VALUES('val_accuracy',5.55555555555555580227e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',4,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600341602,'95a86293fa1349ae8787771c3839efa0',4,0);
INSERT INTO "metrics" VALUES('loss',0.9450222,1795600341602,'95a86293fa1349ae8787771c3839efa0',5,0);
INSERT INTO "metrics" VALUES('accuracy',7.22222222222222209886e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',5,0);
INSERT INTO "metrics" VALUES('val_loss',0.9340168,1795600341602,'95a86293fa1349ae8787771c3839efa0',5,0);
INSERT INTO "metrics" VALUES('val_accuracy',6.66666666666666629659e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',5,0);
INSERT INTO "metrics" VALUES('learning_rate',0.01,1795600341602,'95a86293fa1349ae8787771c3839efa0',5,0);
INSERT INTO "metrics" VALUES('final_val_accuracy',6.66666666666666629659e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('best_val_accuracy',6.66666666666666629659e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('best_epoch',5.0,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('convergence_epoch',5.0,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('val_accuracy_roughness',1.29629629629629622433e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('best_val_loss',0.9340168,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('final_val_loss',0.9340168,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('val_loss_rise',0.0,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('wall_clock_seconds',5.97032968999997137871e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('seconds_per_epoch',1.19406593799999433125e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('feature_seconds',4.50066816999992624914e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
INSERT INTO "metrics" VALUES('test_accuracy',7.03703703703703720151e-01,1795600341602,'95a86293fa1349ae8787771c3839efa0',0,0);
CREATE TABLE "model_definitions" (
	model_definition_id VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	secret_id VARCHAR(36), 
	provider VARCHAR(64) NOT NULL, 
	model_name VARCHAR(256) NOT NULL, 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, 
	last_updated_by VARCHAR(255), 
	last_updated_at BIGINT NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_definitions_pk PRIMARY KEY (model_definition_id), 
	CONSTRAINT fk_model_definitions_secret_id FOREIGN KEY(secret_id) REFERENCES secrets (secret_id) ON DELETE SET NULL, 
	CONSTRAINT uq_model_definitions_workspace_name UNIQUE (workspace, name)
);
CREATE TABLE "model_version_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value TEXT, 
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_version_tag_pk PRIMARY KEY (workspace, "key", name, version), 
	CONSTRAINT fk_model_version_tags_model_versions FOREIGN KEY(workspace, name, version) REFERENCES model_versions (workspace, name, version) ON UPDATE CASCADE
);
CREATE TABLE "model_versions" (
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	user_id VARCHAR(256), 
	current_stage VARCHAR(20), 
	source VARCHAR(500), 
	run_id VARCHAR(32), 
	status VARCHAR(20), 
	status_message VARCHAR(500), 
	run_link VARCHAR(500), 
	storage_location VARCHAR(500), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_version_pk PRIMARY KEY (workspace, name, version), 
	CONSTRAINT fk_model_versions_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE
);
CREATE TABLE online_scoring_configs (
	online_scoring_config_id VARCHAR(36) NOT NULL, 
	scorer_id VARCHAR(36) NOT NULL, 
	sample_rate FLOAT NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	filter_string TEXT, 
	CONSTRAINT online_scoring_config_pk PRIMARY KEY (online_scoring_config_id), 
	CONSTRAINT fk_online_scoring_configs_scorer_id FOREIGN KEY(scorer_id) REFERENCES scorers (scorer_id) ON DELETE CASCADE, 
	CONSTRAINT fk_online_scoring_configs_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES('policy','fixed:lr=0.01','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('lr','0.01','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('data','shapes','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('image_size','32','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('engine','cached','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('optimizer','adam','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('batch_size','32','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('epochs','5','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('seed','0','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('val_fraction','0.15','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('test_fraction','0.15','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "params" VALUES('policy','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('initial_lr','0.01','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('drop','0.5','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('epochs_drop','5','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('data','shapes','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('image_size','32','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('engine','cached','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('optimizer','adam','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('batch_size','32','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('epochs','5','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('seed','0','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('val_fraction','0.15','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('test_fraction','0.15','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "params" VALUES('policy','exp_decay:initial_lr=0.01,k=0.1','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('initial_lr','0.01','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('k','0.1','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('data','shapes','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('image_size','32','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('engine','cached','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('optimizer','adam','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('batch_size','32','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('epochs','5','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('seed','0','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('val_fraction','0.15','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('test_fraction','0.15','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "params" VALUES('policy','fixed:lr=1e+38','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('lr','1e+38','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('data','shapes','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('image_size','32','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('engine','cached','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('optimizer','adam','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('batch_size','32','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('epochs','5','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('seed','0','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('val_fraction','0.15','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('test_fraction','0.15','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "params" VALUES('policy','fixed:lr=0.01','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('lr','0.01','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('data','shapes','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('image_size','32','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('engine','cached','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('optimizer','adam','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('batch_size','32','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('epochs','5','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('seed','1','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('val_fraction','0.15','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('test_fraction','0.15','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "params" VALUES('policy','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('initial_lr','0.01','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('drop','0.5','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('epochs_drop','5','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('data','shapes','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('image_size','32','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('engine','cached','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('optimizer','adam','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('batch_size','32','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('epochs','5','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('seed','1','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('val_fraction','0.15','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('test_fraction','0.15','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "params" VALUES('policy','exp_decay:initial_lr=0.01,k=0.1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('initial_lr','0.01','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('k','0.1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('data','shapes','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('image_size','32','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('engine','cached','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('optimizer','adam','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('batch_size','32','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('epochs','5','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('seed','1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('val_fraction','0.15','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('test_fraction','0.15','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "params" VALUES('policy','fixed:lr=1e+38','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('lr','1e+38','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('data','shapes','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('image_size','32','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('engine','cached','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('optimizer','adam','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('batch_size','32','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('epochs','5','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('seed','1','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('val_fraction','0.15','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('test_fraction','0.15','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "params" VALUES('policy','fixed:lr=0.01','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('lr','0.01','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('data','shapes','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('image_size','32','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('engine','cached','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('optimizer','adam','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('batch_size','32','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('epochs','5','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('seed','2','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('val_fraction','0.15','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('test_fraction','0.15','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "params" VALUES('policy','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('initial_lr','0.01','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('drop','0.5','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('epochs_drop','5','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('data','shapes','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('image_size','32','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('engine','cached','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('optimizer','adam','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('batch_size','32','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('epochs','5','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('seed','2','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('val_fraction','0.15','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('test_fraction','0.15','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "params" VALUES('policy','exp_decay:initial_lr=0.01,k=0.1','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('initial_lr','0.01','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('k','0.1','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('data','shapes','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('image_size','32','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('engine','cached','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('optimizer','adam','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('batch_size','32','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('epochs','5','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('seed','2','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('val_fraction','0.15','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('test_fraction','0.15','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "params" VALUES('policy','fixed:lr=1e+38','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('lr','1e+38','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('data','shapes','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('image_size','32','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('engine','cached','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('optimizer','adam','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('batch_size','32','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('epochs','5','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('seed','2','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('val_fraction','0.15','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('test_fraction','0.15','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "params" VALUES('policy','exp_decay:initial_lr=0.01,k=0.3','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('initial_lr','0.01','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('k','0.3','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('data','shapes','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('image_size','32','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('engine','cached','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('optimizer','adam','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('batch_size','32','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('epochs','5','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('seed','0','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('val_fraction','0.15','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('test_fraction','0.15','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "params" VALUES('policy','fixed:lr=0.01','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('lr','0.01','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('data','shapes','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('image_size','32','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('engine','cached','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('optimizer','adam','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('batch_size','32','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('epochs','5','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('seed','0','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('val_fraction','0.15','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('test_fraction','0.15','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "params" VALUES('policy','fixed:lr=0.01','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('lr','0.01','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('data','shapes','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('backbone','efficientnet-lite0','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('image_size','32','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('engine','cached','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('optimizer','sgd','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('batch_size','32','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('epochs','5','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('seed','0','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('val_fraction','0.15','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "params" VALUES('test_fraction','0.15','95a86293fa1349ae8787771c3839efa0');
CREATE TABLE "registered_model_aliases" (
	alias VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_alias_pk PRIMARY KEY (workspace, name, alias), 
	CONSTRAINT fk_registered_model_aliases_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "registered_model_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_tag_pk PRIMARY KEY (workspace, "key", name), 
	CONSTRAINT fk_registered_model_tags_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE
);
CREATE TABLE "registered_models" (
	name VARCHAR(256) NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_pk PRIMARY KEY (workspace, name)
);
CREATE TABLE review_queue_items (
	queue_id VARCHAR(36) NOT NULL, 
	item_type VARCHAR(16) NOT NULL, 
	item_id VARCHAR(50) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	completed_by VARCHAR(250), 
	completed_time_ms BIGINT, 
	creation_time_ms BIGINT NOT NULL, 
	last_update_time_ms BIGINT NOT NULL, 
	CONSTRAINT review_queue_items_pk PRIMARY KEY (queue_id, item_id), 
	CONSTRAINT fk_review_queue_items_queue_id FOREIGN KEY(queue_id) REFERENCES review_queues (queue_id) ON DELETE CASCADE
);
CREATE TABLE review_queue_label_schemas (
	queue_id VARCHAR(36) NOT NULL, 
	schema_id VARCHAR(36) NOT NULL, 
	CONSTRAINT review_queue_label_schemas_pk PRIMARY KEY (queue_id, schema_id), 
	CONSTRAINT fk_review_queue_label_schemas_queue_id FOREIGN KEY(queue_id) REFERENCES review_queues (queue_id) ON DELETE CASCADE
);
CREATE TABLE review_queue_users (
	queue_id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(250) NOT NULL, 
	CONSTRAINT review_queue_users_pk PRIMARY KEY (queue_id, user_id), 
	CONSTRAINT fk_review_queue_users_queue_id FOREIGN KEY(queue_id) REFERENCES review_queues (queue_id) ON DELETE CASCADE
);
CREATE TABLE review_queues (
	queue_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(250) NOT NULL, 
	queue_type VARCHAR(16) NOT NULL, 
	created_by VARCHAR(255), 
	creation_time_ms BIGINT NOT NULL, 
	last_update_time_ms BIGINT NOT NULL, 
	name_key VARCHAR(250) NOT NULL, 
	CONSTRAINT review_queues_pk PRIMARY KEY (queue_id), 
	CONSTRAINT fk_review_queues_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE, 
	CONSTRAINT uq_review_queues_experiment_name_key UNIQUE (experiment_id, name_key)
);
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES('d1a65f7deab244f4b16f388d7332042b','study: policies=4 seeds=3','UNKNOWN','','','unknown','FINISHED',1795600317107,1795600319784,'','active','artifacts/1/d1a65f7deab244f4b16f388d7332042b/artifacts',1,NULL);
INSERT INTO "runs" VALUES('34156dbdcaf14a05a5bf89842e1af591','fixed:lr=0.01 seed=0','UNKNOWN','','','unknown','FINISHED',1795600317786,1795600317988,'','active','artifacts/1/34156dbdcaf14a05a5bf89842e1af591/artifacts',1,NULL);
INSERT INTO "runs" VALUES('52ae1f1c183c44d2b8cb5974de884103','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5 seed=0','UNKNOWN','','','unknown','FINISHED',1795600317788,1795600317990,'','active','artifacts/1/52ae1f1c183c44d2b8cb5974de884103/artifacts',1,NULL);
INSERT INTO "runs" VALUES('f493e25f71c449068f3f18a6013cb39b','exp_decay:initial_lr=0.01,k=0.1 seed=0','UNKNOWN','','','unknown','FINISHED',1795600317791,1795600317993,'','active','artifacts/1/f493e25f71c449068f3f18a6013cb39b/artifacts',1,NULL);
INSERT INTO "runs" VALUES('1e1fe08ac76549f9a15701dd9b3e7f3d','fixed:lr=1e+38 seed=0','UNKNOWN','','','unknown','FINISHED',1795600317792,1795600317994,'','active','artifacts/1/1e1fe08ac76549f9a15701dd9b3e7f3d/artifacts',1,NULL);
INSERT INTO "runs" VALUES('34b4f015913f4abdbae4baacd9afbdf9','fixed:lr=0.01 seed=1','UNKNOWN','','','unknown','FINISHED',1795600318041,1795600318044,'','active','artifacts/1/34b4f015913f4abdbae4baacd9afbdf9/artifacts',1,NULL);
INSERT INTO "runs" VALUES('ce3211bb12b642e383a9937951ad018c','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5 seed=1','UNKNOWN','','','unknown','FINISHED',1795600318043,1795600318046,'','active','artifacts/1/ce3211bb12b642e383a9937951ad018c/artifacts',1,NULL);
INSERT INTO "runs" VALUES('151fd2c5c0b246c9bc789e93f1c5f33c','exp_decay:initial_lr=0.01,k=0.1 seed=1','UNKNOWN','','','unknown','FINISHED',1795600318044,1795600318047,'','active','artifacts/1/151fd2c5c0b246c9bc789e93f1c5f33c/artifacts',1,NULL);
INSERT INTO "runs" VALUES('d8d479b8605343f4a9dee664b86d8e36','fixed:lr=1e+38 seed=1','UNKNOWN','','','unknown','FINISHED',1795600318045,1795600318048,'','active','artifacts/1/d8d479b8605343f4a9dee664b86d8e36/artifacts',1,NULL);
INSERT INTO "runs" VALUES('53cb6767fffd40bc8a161182eaeb47c4','fixed:lr=0.01 seed=2','UNKNOWN','','','unknown','FINISHED',1795600318095,1795600318102,'','active','artifacts/1/53cb6767fffd40bc8a161182eaeb47c4/artifacts',1,NULL);
INSERT INTO "runs" VALUES('285bd5d62b774ffab4a284f65104ff75','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5 seed=2','UNKNOWN','','','unknown','FINISHED',1795600318096,1795600318103,'','active','artifacts/1/285bd5d62b774ffab4a284f65104ff75/artifacts',1,NULL);
INSERT INTO "runs" VALUES('7a119e022ecc43feb842e2dcf542bbe4','exp_decay:initial_lr=0.01,k=0.1 seed=2','UNKNOWN','','','unknown','FINISHED',1795600318097,1795600318104,'','active','artifacts/1/7a119e022ecc43feb842e2dcf542bbe4/artifacts',1,NULL);
INSERT INTO "runs" VALUES('ca6b1be6e5994965818aa0a983888c78','fixed:lr=1e+38 seed=2','UNKNOWN','','','unknown','FINISHED',1795600318098,1795600318105,'','active','artifacts/1/ca6b1be6e5994965818aa0a983888c78/artifacts',1,NULL);
INSERT INTO "runs" VALUES('cbb21c8ae9054bd0aa00d81d15151fbf','exp_decay:initial_lr=0.01,k=0.3 seed=0','UNKNOWN','','','unknown','FINISHED',1795600323941,1795600327838,'','active','artifacts/1/cbb21c8ae9054bd0aa00d81d15151fbf/artifacts',1,NULL);
INSERT INTO "runs" VALUES('dd8d5f425d544d648940dec0e001e418','study: policies=1 seeds=1','UNKNOWN','','','unknown','FINISHED',1795600331559,1795600335254,'','active','artifacts/1/dd8d5f425d544d648940dec0e001e418/artifacts',1,NULL);
INSERT INTO "runs" VALUES('0153f1294c0d4f3cba8a52cb273f47d1','fixed:lr=0.01 seed=0','UNKNOWN','','','unknown','FINISHED',1795600333532,1795600334353,'','active','artifacts/1/0153f1294c0d4f3cba8a52cb273f47d1/artifacts',1,NULL);
INSERT INTO "runs" VALUES('95a86293fa1349ae8787771c3839efa0','fixed:lr=0.01 seed=0','UNKNOWN','','','unknown','FINISHED',1795600338822,1795600341857,'','active','artifacts/1/95a86293fa1349ae8787771c3839efa0/artifacts',1,NULL);
INSERT INTO "runs" VALUES('10f957dbc7454d64893d062d612612c6','study: policies=4 seeds=4','UNKNOWN','','','unknown','RUNNING',1795600351724,NULL,'','active','artifacts/1/10f957dbc7454d64893d062d612612c6/artifacts',1,NULL);
INSERT INTO "runs" VALUES('bd399a5c7da44910bed4ccbd30bf1297','study: policies=1 seeds=1','UNKNOWN','','','unknown','RUNNING',1795600354674,NULL,'','active','artifacts/1/bd399a5c7da44910bed4ccbd30bf1297/artifacts',1,NULL);
INSERT INTO "runs" VALUES('6535282aebbf419b8b8d9f9791f18296','fixed:lr=0.01 seed=1','UNKNOWN','','','unknown','RUNNING',1795600357196,NULL,'','active','artifacts/1/6535282aebbf419b8b8d9f9791f18296/artifacts',1,NULL);
CREATE TABLE scheduler_leases (
	lease_key VARCHAR(255) NOT NULL, 
	acquired_at BIGINT NOT NULL, 
	ttl_seconds INTEGER NOT NULL, 
	CONSTRAINT scheduler_leases_pk PRIMARY KEY (lease_key)
);
CREATE TABLE scorer_versions (
	scorer_id VARCHAR(36) NOT NULL, 
	scorer_version INTEGER NOT NULL, 
	serialized_scorer TEXT NOT NULL, 
	creation_time BIGINT, 
	CONSTRAINT scorer_version_pk PRIMARY KEY (scorer_id, scorer_version), 
	CONSTRAINT fk_scorer_versions_scorer_id FOREIGN KEY(scorer_id) REFERENCES scorers (scorer_id) ON DELETE CASCADE
);
CREATE TABLE scorers (
	experiment_id INTEGER NOT NULL, 
	scorer_name VARCHAR(256) NOT NULL, 
	scorer_id VARCHAR(36) NOT NULL, 
	CONSTRAINT scorer_pk PRIMARY KEY (scorer_id), 
	CONSTRAINT fk_scorers_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
CREATE TABLE "secrets" (
	secret_id VARCHAR(36) NOT NULL, 
	secret_name VARCHAR(255) NOT NULL, 
	encrypted_value BLOB NOT NULL, 
	wrapped_dek BLOB NOT NULL, 
	kek_version INTEGER NOT NULL, 
	masked_value VARCHAR(500) NOT NULL, 
	provider VARCHAR(64), 
	auth_config TEXT, 
	description TEXT, 
	created_by VARCHAR(255), 
	created_at BIGINT NOT NULL, 
	last_updated_by VARCHAR(255), 
	last_updated_at BIGINT NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT secrets_pk PRIMARY KEY (secret_id), 
	CONSTRAINT uq_secrets_workspace_secret_name UNIQUE (workspace, secret_name)
);
CREATE TABLE span_metrics (
	trace_id VARCHAR(50) NOT NULL, 
	span_id VARCHAR(50) NOT NULL, 
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT, 
	CONSTRAINT span_metrics_pk PRIMARY KEY (trace_id, span_id, "key"), 
	CONSTRAINT fk_span_metrics_span FOREIGN KEY(trace_id, span_id) REFERENCES spans (trace_id, span_id) ON DELETE CASCADE
);
CREATE TABLE "spans" (
	trace_id VARCHAR(50) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	span_id VARCHAR(50) NOT NULL, 
	parent_span_id VARCHAR(50), 
	name TEXT, 
	type VARCHAR(500), 
	status VARCHAR(50) NOT NULL, 
	start_time_unix_nano BIGINT NOT NULL, 
	end_time_unix_nano BIGINT, 
	duration_ns BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED, 
	content TEXT NOT NULL, 
	input_cost FLOAT, 
	output_cost FLOAT, 
	total_cost FLOAT, 
	model_name VARCHAR(500), 
	model_provider VARCHAR(500), 
	CONSTRAINT spans_pk PRIMARY KEY (trace_id, span_id), 
	CONSTRAINT fk_spans_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_spans_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE sql_assessment_daily_rollups (
	id INTEGER NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	rollup_day DATE NOT NULL, 
	metric_name VARCHAR(250) NOT NULL, 
	grouping_set VARCHAR(50) NOT NULL, 
	sample_count BIGINT NOT NULL, 
	sum_value FLOAT, 
	min_value FLOAT, 
	max_value FLOAT, 
	CONSTRAINT sql_assessment_daily_rollups_pk PRIMARY KEY (id)
);
CREATE TABLE sql_span_cost_daily_rollups (
	id INTEGER NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	rollup_day DATE NOT NULL, 
	metric_name VARCHAR(250) NOT NULL, 
	grouping_set VARCHAR(50) NOT NULL, 
	model_name VARCHAR(500), 
	model_provider VARCHAR(500), 
	sample_count BIGINT NOT NULL, 
	sum_value FLOAT, 
	min_value FLOAT, 
	max_value FLOAT, 
	CONSTRAINT sql_span_cost_daily_rollups_pk PRIMARY KEY (id)
);
CREATE TABLE sql_trace_metric_daily_rollups (
	id INTEGER NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	rollup_day DATE NOT NULL, 
	metric_name VARCHAR(250) NOT NULL, 
	grouping_set VARCHAR(50) NOT NULL, 
	trace_status VARCHAR(50), 
	sample_count BIGINT NOT NULL, 
	sum_value FLOAT, 
	min_value FLOAT, 
	max_value FLOAT, 
	p50_value FLOAT, 
	p90_value FLOAT, 
	p99_value FLOAT, 
	CONSTRAINT sql_trace_metric_daily_rollups_pk PRIMARY KEY (id)
);
CREATE TABLE sql_trace_rollup_rebuild_queue (
	experiment_id INTEGER NOT NULL, 
	rollup_day DATE NOT NULL, 
	rollup_family VARCHAR(50) NOT NULL, 
	CONSTRAINT sql_trace_rollup_rebuild_queue_pk PRIMARY KEY (experiment_id, rollup_day, rollup_family)
);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES('lr_study.kind','study','d1a65f7deab244f4b16f388d7332042b');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','d1a65f7deab244f4b16f388d7332042b');
INSERT INTO "tags" VALUES('mlflow.runName','study: policies=4 seeds=3','d1a65f7deab244f4b16f388d7332042b');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.outbox','a7fe9e702d90','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=0.01 seed=0','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.cell','a7fe9e702d90','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.diverged','false','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.timing','shared','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.5476190476190477,0.5238095238095238,0.7777777777777778,0.8253968253968254,0.8968253968253969],"learning_rate":[0.01,0.01,0.01,0.01,0.01],"loss":[1.5436137,0.92819107,0.5455666,0.38979483,0.28891695],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.7777777777777778,0.8148148148148148,1.0],"val_loss":[1.3645902,0.8632314,0.46941504,0.34618914,0.17045692]}','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.outbox','0127b1d2e229','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('mlflow.runName','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5 seed=0','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.cell','0127b1d2e229','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.diverged','false','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.timing','shared','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.5476190476190477,0.5238095238095238,0.7777777777777778,0.8253968253968254,0.8968253968253969],"learning_rate":[0.01,0.01,0.01,0.01,0.005],"loss":[1.5436137,0.92819107,0.5455666,0.38979483,0.28832313],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.7777777777777778,0.8148148148148148,0.9259259259259259],"val_loss":[1.3645902,0.8632314,0.46941504,0.34618914,0.22104274]}','52ae1f1c183c44d2b8cb5974de884103');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.outbox','3173c4b4b141','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('mlflow.runName','exp_decay:initial_lr=0.01,k=0.1 seed=0','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.cell','3173c4b4b141','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.diverged','false','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.timing','shared','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.5476190476190477,0.5396825396825397,0.7698412698412699,0.8095238095238095,0.9206349206349206],"learning_rate":[0.01,0.009048374180359595,0.008187307530779819,0.007408182206817179,0.006703200460356393],"loss":[1.5436137,0.92708933,0.5812585,0.4367505,0.2913034],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.8518518518518519,0.9629629629629629,0.8518518518518519],"val_loss":[1.3645902,0.88297343,0.40258846,0.2876985,0.28295195]}','f493e25f71c449068f3f18a6013cb39b');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.outbox','a112a4729917','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=1e+38 seed=0','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.cell','a112a4729917','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.diverged','true','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.timing','shared','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.30158730158730157,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333],"learning_rate":[1e+38,1e+38,1e+38,1e+38,1e+38],"loss":[null,null,null,null,null],"val_accuracy":[0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333],"val_loss":[null,null,null,null,null]}','1e1fe08ac76549f9a15701dd9b3e7f3d');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.outbox','24aebe6164ca','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=0.01 seed=1','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.cell','24aebe6164ca','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.diverged','false','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.timing','shared','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.4365079365079365,0.4444444444444444,0.7857142857142857,0.8968253968253969,0.9523809523809523],"learning_rate":[0.01,0.01,0.01,0.01,0.01],"loss":[1.5856725,0.98927635,0.5180776,0.3568921,0.29953864],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.9259259259259259,0.8518518518518519,0.9629629629629629],"val_loss":[1.1027125,0.5907487,0.3883472,0.42658874,0.19428828]}','34b4f015913f4abdbae4baacd9afbdf9');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.outbox','7d59043c9d32','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('mlflow.runName','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5 seed=1','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.cell','7d59043c9d32','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.diverged','false','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.timing','shared','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.4365079365079365,0.4444444444444444,0.7857142857142857,0.8968253968253969,0.9365079365079365],"learning_rate":[0.01,0.01,0.01,0.01,0.005],"loss":[1.5856725,0.98927635,0.5180776,0.3568921,0.32105],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.9259259259259259,0.8518518518518519,0.9629629629629629],"val_loss":[1.1027125,0.5907487,0.3883472,0.42658874,0.24894208]}','ce3211bb12b642e383a9937951ad018c');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.outbox','4227083d1cf1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('mlflow.runName','exp_decay:initial_lr=0.01,k=0.1 seed=1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.cell','4227083d1cf1','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.diverged','false','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.timing','shared','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.4365079365079365,0.4523809523809524,0.753968253968254,0.8253968253968254,0.9444444444444444],"learning_rate":[0.01,0.009048374180359595,0.008187307530779819,0.007408182206817179,0.006703200460356393],"loss":[1.5856725,0.98466843,0.5267232,0.39595753,0.32469708],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.8518518518518519,0.9259259259259259,0.9629629629629629],"val_loss":[1.1027125,0.60938406,0.4543612,0.37456462,0.27815652]}','151fd2c5c0b246c9bc789e93f1c5f33c');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.outbox','50bacce838ec','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=1e+38 seed=1','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.cell','50bacce838ec','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.diverged','true','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.timing','shared','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.30952380952380953,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333],"learning_rate":[1e+38,1e+38,1e+38,1e+38,1e+38],"loss":[null,null,null,null,null],"val_accuracy":[0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333],"val_loss":[null,null,null,null,null]}','d8d479b8605343f4a9dee664b86d8e36');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.outbox','fe32b17fe572','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=0.01 seed=2','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.cell','fe32b17fe572','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.diverged','false','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.timing','shared','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.31746031746031744,0.5238095238095238,0.6666666666666666,0.6904761904761905,0.7777777777777778],"learning_rate":[0.01,0.01,0.01,0.01,0.01],"loss":[2.1444817,1.5185927,0.77435756,0.64305097,0.43804705],"val_accuracy":[0.6296296296296297,0.6666666666666666,0.48148148148148145,0.7407407407407407,0.7777777777777778],"val_loss":[0.89665675,1.1417387,0.9657489,0.50322765,0.49624527]}','53cb6767fffd40bc8a161182eaeb47c4');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.outbox','e48c2b6f0630','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('mlflow.runName','step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5 seed=2','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.cell','e48c2b6f0630','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.diverged','false','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.timing','shared','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.31746031746031744,0.5238095238095238,0.6666666666666666,0.6904761904761905,0.8095238095238095],"learning_rate":[0.01,0.01,0.01,0.01,0.005],"loss":[2.1444817,1.5185927,0.77435756,0.64305097,0.40863279],"val_accuracy":[0.6296296296296297,0.6666666666666666,0.48148148148148145,0.7407407407407407,0.8148148148148148],"val_loss":[0.89665675,1.1417387,0.9657489,0.50322765,0.44264093]}','285bd5d62b774ffab4a284f65104ff75');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.outbox','96e3211b32f7','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('mlflow.runName','exp_decay:initial_lr=0.01,k=0.1 seed=2','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.cell','96e3211b32f7','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.diverged','false','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.timing','shared','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.31746031746031744,0.5317460317460317,0.6825396825396826,0.6349206349206349,0.8492063492063492],"learning_rate":[0.01,0.009048374180359595,0.008187307530779819,0.007408182206817179,0.006703200460356393],"loss":[2.1444817,1.4468144,0.73288256,0.69252825,0.4051017],"val_accuracy":[0.6296296296296297,0.6666666666666666,0.48148148148148145,0.8518518518518519,0.7407407407407407],"val_loss":[0.89665675,1.1140645,0.88450193,0.37902635,0.5110642]}','7a119e022ecc43feb842e2dcf542bbe4');
INSERT INTO "tags" VALUES('lr_study.process','e7f09a86c0d94dcba445c6252573d6e2','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.outbox','35d54e61239f','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('mlflow.parentRunId','d1a65f7deab244f4b16f388d7332042b','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=1e+38 seed=2','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.cell','35d54e61239f','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.diverged','true','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.timing','shared','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','4','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.35714285714285715,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333],"learning_rate":[1e+38,1e+38,1e+38,1e+38,1e+38],"loss":[null,null,null,null,null],"val_accuracy":[0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333],"val_loss":[null,null,null,null,null]}','ca6b1be6e5994965818aa0a983888c78');
INSERT INTO "tags" VALUES('lr_study.process','46e01fef46b04c6b8b9e54c8a30703f1','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('mlflow.runName','exp_decay:initial_lr=0.01,k=0.3 seed=0','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.cell','227587c01a20','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.diverged','false','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.timing','alone','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','1','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.5476190476190477,0.5555555555555556,0.6904761904761905,0.8412698412698413,0.9285714285714286],"learning_rate":[0.01,0.007408182206817179,0.005488116360940264,0.004065696597405992,0.0030119421191220214],"loss":[1.5436137,0.9278297,0.6686861,0.4340199,0.34438646],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.9629629629629629,0.8888888888888888,1.0],"val_loss":[1.3645902,0.88380855,0.37354016,0.40809715,0.32173035]}','cbb21c8ae9054bd0aa00d81d15151fbf');
INSERT INTO "tags" VALUES('lr_study.kind','study','dd8d5f425d544d648940dec0e001e418');
INSERT INTO "tags" VALUES('lr_study.process','ead2881d29d14d7da22bfe77c69b7690','dd8d5f425d544d648940dec0e001e418');
INSERT INTO "tags" VALUES('mlflow.runName','study: policies=1 seeds=1','dd8d5f425d544d648940dec0e001e418');
INSERT INTO "tags" VALUES('lr_study.process','ead2881d29d14d7da22bfe77c69b7690','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.outbox','a7fe9e702d90-6ae69931fbbb','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('mlflow.parentRunId','dd8d5f425d544d648940dec0e001e418','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=0.01 seed=0','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"adam","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.protocol_id','b36a33ba00c1','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.cell','a7fe9e702d90','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.diverged','false','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.timing','alone','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','1','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.5476190476190477,0.5238095238095238,0.7777777777777778,0.8253968253968254,0.8968253968253969],"learning_rate":[0.01,0.01,0.01,0.01,0.01],"loss":[1.5436137,0.92819107,0.5455666,0.38979483,0.28891695],"val_accuracy":[0.3333333333333333,0.6666666666666666,0.7777777777777778,0.8148148148148148,1.0],"val_loss":[1.3645902,0.8632314,0.46941504,0.34618914,0.17045692]}','0153f1294c0d4f3cba8a52cb273f47d1');
INSERT INTO "tags" VALUES('lr_study.superseded','true','34156dbdcaf14a05a5bf89842e1af591');
INSERT INTO "tags" VALUES('lr_study.process','48ad213162b44cf69f54c28d659013dd','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=0.01 seed=0','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.version','0.1.0','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.device','CPU, 2 cores','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.python_version','3.11.7','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.tensorflow_version','2.21.0','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.keras_version','3.15.1','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.mlflow_version','3.17.2','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','5a6e669b48d0e5114f879161ad34e49fe8e17beb','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.protocol','{"backbone":"efficientnet-lite0","batch_size":32,"classes":3,"data":"shapes","engine":"cached","epochs":5,"fingerprint":"46461a7269efcef2bd0e6b1b31111bffdece583a368964b869c79c78aafd8888","image_size":32,"optimizer":"sgd","precision":"float32","shuffle":"full","split_seed":0,"test_fraction":0.15,"test_size":27,"train_size":126,"val_fraction":0.15,"val_size":27,"weights":"random"}','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.protocol_id','31ac33b8d2f5','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.cell','91b2e1370566','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.diverged','false','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.timing','alone','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.timing_shared_among','1','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.curves','{"accuracy":[0.30158730158730157,0.35714285714285715,0.42857142857142855,0.47619047619047616,0.7222222222222222],"learning_rate":[0.01,0.01,0.01,0.01,0.01],"loss":[1.1816299,1.1111784,1.0508887,1.0280449,0.9450222],"val_accuracy":[0.2962962962962963,0.4444444444444444,0.37037037037037035,0.5555555555555556,0.6666666666666666],"val_loss":[1.1359276,1.0857366,1.0679288,0.97791964,0.9340168]}','95a86293fa1349ae8787771c3839efa0');
INSERT INTO "tags" VALUES('lr_study.kind','study','10f957dbc7454d64893d062d612612c6');
INSERT INTO "tags" VALUES('lr_study.process','3bdb4fc25c664d07a8ea1556a9a4ccf7','10f957dbc7454d64893d062d612612c6');
INSERT INTO "tags" VALUES('mlflow.runName','study: policies=4 seeds=4','10f957dbc7454d64893d062d612612c6');
INSERT INTO "tags" VALUES('lr_study.kind','study','bd399a5c7da44910bed4ccbd30bf1297');
INSERT INTO "tags" VALUES('lr_study.process','71e8d8f02e0a400ab457b178c0f80011','bd399a5c7da44910bed4ccbd30bf1297');
INSERT INTO "tags" VALUES('mlflow.runName','study: policies=1 seeds=1','bd399a5c7da44910bed4ccbd30bf1297');
INSERT INTO "tags" VALUES('lr_study.process','1bcb0bf7ae664eba85711e23902e777c','6535282aebbf419b8b8d9f9791f18296');
INSERT INTO "tags" VALUES('mlflow.runName','fixed:lr=0.01 seed=1','6535282aebbf419b8b8d9f9791f18296');
CREATE TABLE "trace_info" (
	request_id VARCHAR(50) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	timestamp_ms BIGINT NOT NULL, 
	execution_time_ms BIGINT, 
	status VARCHAR(50) NOT NULL, 
	client_request_id VARCHAR(50), 
	request_preview VARCHAR(1000), 
	response_preview VARCHAR(1000), 
	db_payload_generation INTEGER DEFAULT '0' NOT NULL, trace_name VARCHAR(4096), session_id VARCHAR(250), input_tokens BIGINT, output_tokens BIGINT, total_tokens BIGINT, cache_read_input_tokens BIGINT, cache_creation_input_tokens BIGINT, cache_creation_input_tokens_above_1hr BIGINT, input_cost FLOAT, output_cost FLOAT, total_cost FLOAT, 
	CONSTRAINT trace_info_pk PRIMARY KEY (request_id), 
	CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
CREATE TABLE trace_metrics (
	request_id VARCHAR(50) NOT NULL, 
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT, 
	CONSTRAINT trace_metrics_pk PRIMARY KEY (request_id, "key"), 
	CONSTRAINT fk_trace_metrics_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE "trace_request_metadata" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_request_metadata_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE "trace_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_tag_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_tags_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE webhook_events (
	webhook_id VARCHAR(256) NOT NULL, 
	entity VARCHAR(50) NOT NULL, 
	action VARCHAR(50) NOT NULL, 
	CONSTRAINT webhook_event_pk PRIMARY KEY (webhook_id, entity, action), 
	FOREIGN KEY(webhook_id) REFERENCES webhooks (webhook_id) ON DELETE cascade
);
CREATE TABLE "webhooks" (
	webhook_id VARCHAR(256) NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	description VARCHAR(1000), 
	url VARCHAR(500) NOT NULL, 
	status VARCHAR(20) DEFAULT 'ACTIVE' NOT NULL, 
	secret VARCHAR(1000), 
	creation_timestamp BIGINT, 
	last_updated_timestamp BIGINT, 
	deleted_timestamp BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT webhook_pk PRIMARY KEY (webhook_id)
);
CREATE TABLE workspaces (
	name VARCHAR(63) NOT NULL, 
	description TEXT, 
	default_artifact_root TEXT, trace_archival_location TEXT, trace_archival_retention VARCHAR(32), 
	CONSTRAINT workspaces_pk PRIMARY KEY (name)
);
INSERT INTO "workspaces" VALUES('default','Default workspace for legacy resources',NULL,NULL,NULL);
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
CREATE INDEX index_inputs_input_uuid ON inputs (input_uuid);
CREATE INDEX index_inputs_destination_type_destination_id_source_type ON inputs (destination_type, destination_id, source_type);
CREATE INDEX index_params_run_uuid ON params (run_uuid);
CREATE INDEX index_trace_tags_request_id ON trace_tags (request_id);
CREATE INDEX index_trace_request_metadata_request_id ON trace_request_metadata (request_id);
CREATE INDEX index_tags_run_uuid ON tags (run_uuid);
CREATE INDEX index_datasets_experiment_id_dataset_source_type ON datasets (experiment_id, dataset_source_type);
CREATE INDEX index_datasets_dataset_uuid ON datasets (dataset_uuid);
CREATE INDEX index_logged_model_metrics_model_id ON logged_model_metrics (model_id);
CREATE INDEX index_entity_associations_association_id ON entity_associations (association_id);
CREATE INDEX index_entity_associations_reverse_lookup ON entity_associations (destination_type, destination_id, source_type, source_id);
CREATE INDEX idx_webhook_events_entity ON webhook_events (entity);
CREATE INDEX idx_webhook_events_action ON webhook_events (action);
CREATE INDEX idx_webhook_events_entity_action ON webhook_events (entity, action);
CREATE UNIQUE INDEX index_scorers_experiment_id_scorer_name ON scorers (experiment_id, scorer_name);
CREATE INDEX index_scorer_versions_scorer_id ON scorer_versions (scorer_id);
CREATE INDEX index_evaluation_dataset_tags_dataset_id ON evaluation_dataset_tags (dataset_id);
CREATE INDEX index_evaluation_dataset_records_dataset_id ON evaluation_dataset_records (dataset_id);
CREATE INDEX index_endpoint_model_mappings_endpoint_id ON endpoint_model_mappings (endpoint_id);
CREATE INDEX index_endpoint_model_mappings_model_definition_id ON endpoint_model_mappings (model_definition_id);
CREATE INDEX index_endpoint_tags_endpoint_id ON endpoint_tags (endpoint_id);
CREATE INDEX index_trace_metrics_request_id ON trace_metrics (request_id);
CREATE UNIQUE INDEX unique_endpoint_model_linkage_mapping ON endpoint_model_mappings (endpoint_id, model_definition_id, linkage_type);
CREATE INDEX index_span_metrics_trace_id_span_id ON span_metrics (trace_id, span_id);
CREATE INDEX index_evaluation_datasets_name ON evaluation_datasets (name);
CREATE INDEX index_evaluation_datasets_created_time ON evaluation_datasets (created_time);
CREATE INDEX idx_webhooks_name ON webhooks (name);
CREATE INDEX idx_webhooks_status ON webhooks (status);
CREATE TRIGGER prevent_secrets_aad_mutation
BEFORE UPDATE ON secrets
FOR EACH ROW
WHEN OLD.secret_id != NEW.secret_id OR OLD.secret_name != NEW.secret_name
BEGIN
    SELECT RAISE(ABORT, 'secret_id and secret_name are immutable (used as AAD in encryption)');
END;
CREATE INDEX index_model_definitions_secret_id ON model_definitions (secret_id);
CREATE INDEX index_model_definitions_provider ON model_definitions (provider);
CREATE INDEX index_jobs_name_status_creation_time ON jobs (job_name, workspace, status, creation_time);
CREATE INDEX idx_experiments_workspace ON experiments (workspace);
CREATE INDEX idx_registered_models_workspace ON registered_models (workspace);
CREATE INDEX idx_experiments_workspace_creation_time ON experiments (workspace, creation_time);
CREATE INDEX idx_evaluation_datasets_workspace ON evaluation_datasets (workspace);
CREATE INDEX idx_webhooks_workspace ON webhooks (workspace);
CREATE INDEX idx_secrets_workspace ON secrets (workspace);
CREATE INDEX idx_endpoints_workspace ON endpoints (workspace);
CREATE INDEX idx_model_definitions_workspace ON model_definitions (workspace);
CREATE INDEX idx_budget_policies_workspace ON budget_policies (workspace);
CREATE INDEX index_issues_experiment_id ON issues (experiment_id);
CREATE INDEX index_issues_source_run_id ON issues (source_run_id);
CREATE INDEX index_issues_status ON issues (status);
CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, "key", step);
CREATE INDEX idx_guardrails_workspace ON guardrails (workspace);
CREATE INDEX idx_guardrails_scorer ON guardrails (scorer_id, scorer_version);
CREATE INDEX idx_guardrail_configs_endpoint_id ON guardrail_configs (endpoint_id);
CREATE INDEX idx_guardrail_configs_guardrail_id ON guardrail_configs (guardrail_id);
CREATE INDEX idx_model_version_tags_workspace_name_version ON model_version_tags (workspace, name, version);
CREATE INDEX idx_registered_model_tags_workspace_name ON registered_model_tags (workspace, name);
CREATE INDEX index_label_schemas_experiment_id ON label_schemas (experiment_id);
CREATE INDEX index_review_queues_experiment_id ON review_queues (experiment_id);
CREATE INDEX index_review_queue_users_user_id ON review_queue_users (user_id);
CREATE INDEX index_review_queue_items_queue_id_status ON review_queue_items (queue_id, status);
CREATE INDEX index_review_queue_items_item_id ON review_queue_items (item_id);
CREATE INDEX index_review_queue_label_schemas_schema_id ON review_queue_label_schemas (schema_id);
CREATE INDEX idx_mcp_server_versions_latest ON mcp_server_versions (workspace, name, status, version_major DESC, version_minor DESC, version_patch DESC);
CREATE INDEX ix_mcp_access_endpoints_server_name ON mcp_access_endpoints (workspace, server_name);
CREATE INDEX ix_mcp_access_endpoints_version ON mcp_access_endpoints (workspace, server_name, server_version);
CREATE INDEX ix_mcp_access_endpoints_alias ON mcp_access_endpoints (workspace, server_name, server_alias);
CREATE INDEX idx_budget_policies_target_value ON budget_policies (target_value);
CREATE INDEX index_trace_info_experiment_id_timestamp_ms ON trace_info (experiment_id, timestamp_ms);
CREATE INDEX index_trace_info_timestamp_ms_request_id ON trace_info (timestamp_ms, request_id);
CREATE INDEX index_assessments_last_updated_timestamp ON assessments (last_updated_timestamp);
CREATE INDEX index_assessments_trace_id_created_timestamp ON assessments (trace_id, created_timestamp);
CREATE INDEX index_assessments_assessment_type ON assessments (assessment_type);
CREATE INDEX index_assessments_run_id_created_timestamp ON assessments (run_id, created_timestamp);
CREATE INDEX index_spans_experiment_id_duration ON spans (experiment_id, duration_ns);
CREATE INDEX index_spans_experiment_id_type_status ON spans (experiment_id, type, status);
CREATE INDEX index_spans_experiment_id_start_time ON spans (experiment_id, start_time_unix_nano);
CREATE INDEX index_spans_experiment_id_status_type ON spans (experiment_id, status, type);
CREATE INDEX index_trace_info_experiment_id_session_id ON trace_info (experiment_id, session_id);
CREATE INDEX idx_trace_rollups_lookup ON sql_trace_metric_daily_rollups (experiment_id, rollup_day, metric_name, grouping_set, trace_status);
CREATE INDEX idx_span_cost_rollups_lookup ON sql_span_cost_daily_rollups (experiment_id, rollup_day, metric_name, grouping_set, model_name, model_provider);
CREATE INDEX idx_assessment_rollups_lookup ON sql_assessment_daily_rollups (experiment_id, rollup_day, metric_name, grouping_set);
CREATE INDEX idx_spans_cost_trace_time_cover ON spans (trace_id, start_time_unix_nano);
CREATE INDEX idx_spans_cost_exp_time_cover ON spans (experiment_id, start_time_unix_nano);
CREATE INDEX idx_assessments_exp_trace_ts ON assessments (experiment_id, trace_timestamp_ms);
CREATE INDEX idx_assessments_exp_trace_ts_name ON assessments (experiment_id, trace_timestamp_ms, name);
CREATE INDEX idx_assessments_exp_name_valid ON assessments (experiment_id, name, valid);
CREATE INDEX index_job_locks_job_id ON job_locks (job_id);
CREATE INDEX index_jobs_status_lease_expires_at ON jobs (status, lease_expires_at);
COMMIT;
